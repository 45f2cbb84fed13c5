package dhara.transforms.anomaly;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.util.VarInt;

/**
 * What is remembered of a series. The memories are changed in place.
 *
 * @param lastMillis the moment of its last sample
 * @param lastValue its value
 * @param memories what each detector remembers
 */
record SeriesMemory(long lastMillis, double lastValue, List<Memory> memories) {

  /** Codes it; a zero, of which there are many in the slots of a season, takes one byte. */
  static final class Coder extends AtomicCoder<SeriesMemory> {

    private static final long serialVersionUID = 1L;

    /** Far more than there are kinds of detectors around others. */
    private static final int DEEPEST = 100;

    /** So many numbers get room before the first of them is read. */
    private static final int CONFIRMED = 1 << 12;

    @Override
    public void encode(SeriesMemory series, OutputStream out) throws IOException {
      VarInt.encode(series.lastMillis, out);
      write(series.lastValue, out);
      VarInt.encode(series.memories.size(), out);
      for (Memory memory : series.memories) {
        write(memory, out);
      }
    }

    private static void write(Memory memory, OutputStream out) throws IOException {
      VarInt.encode(memory.size(), out);
      for (int i = 0; i < memory.size(); i++) {
        write(memory.get(i), out);
      }
      out.write(memory.inner() == null ? 0 : 1);
      if (memory.inner() != null) {
        write(memory.inner(), out);
      }
    }

    private static void write(double number, OutputStream out) throws IOException {
      long bits = Double.doubleToRawLongBits(number);
      out.write(bits == 0 ? 0 : 1);
      for (int shift = 56; bits != 0 && shift >= 0; shift -= 8) {
        out.write((int) (bits >>> shift));
      }
    }

    @Override
    public SeriesMemory decode(InputStream in) throws IOException {
      long lastMillis = VarInt.decodeLong(in);
      double lastValue = number(in);
      int detectors = size(in);
      List<Memory> memories = new ArrayList<>();
      for (int i = 0; i < detectors; i++) {
        memories.add(read(in, 0));
      }
      return new SeriesMemory(lastMillis, lastValue, memories);
    }

    private static Memory read(InputStream in, int depth) throws IOException {
      if (depth > DEEPEST) {
        throw new CoderException("a memory is within " + depth + " others");
      }
      int size = size(in);
      double[] numbers = new double[Math.min(size, CONFIRMED)];
      for (int i = 0; i < size; i++) {
        if (i == numbers.length) {
          numbers = Arrays.copyOf(numbers, (int) Math.min(size, 2L * i));
        }
        numbers[i] = number(in);
      }
      Memory inner = isNext(in) ? read(in, depth + 1) : null;
      Memory memory = Memory.around(inner, 0);
      memory.become(numbers);
      return memory;
    }

    private static int size(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      if (size < 0) {
        throw new CoderException("a memory has no " + size + " numbers");
      }
      return size;
    }

    private static double number(InputStream in) throws IOException {
      long bits = 0;
      for (int left = isNext(in) ? 8 : 0; left > 0; left--) {
        bits = bits << 8 | next(in);
      }
      return Double.longBitsToDouble(bits);
    }

    private static boolean isNext(InputStream in) throws IOException {
      return next(in) == 1;
    }

    /** A byte; without this check an ended stream would be zeros without end. */
    private static int next(InputStream in) throws IOException {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the memory of a series breaks off");
      }
      return next;
    }

    @Override
    public void verifyDeterministic() {}
  }
}
