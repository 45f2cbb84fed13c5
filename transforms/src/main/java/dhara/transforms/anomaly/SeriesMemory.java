package dhara.transforms.anomaly;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
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
      int detectors = VarInt.decodeInt(in);
      List<Memory> memories = new ArrayList<>(detectors);
      for (int i = 0; i < detectors; i++) {
        memories.add(read(in));
      }
      return new SeriesMemory(lastMillis, lastValue, memories);
    }

    private static Memory read(InputStream in) throws IOException {
      int size = VarInt.decodeInt(in);
      double[] numbers = new double[size];
      for (int i = 0; i < size; i++) {
        numbers[i] = number(in);
      }
      Memory inner = isNext(in) ? read(in) : null;
      Memory memory = Memory.around(inner, 0);
      memory.become(numbers);
      return memory;
    }

    private static double number(InputStream in) throws IOException {
      long bits = 0;
      for (int left = isNext(in) ? 8 : 0; left > 0; left--) {
        bits = bits << 8 | in.read();
      }
      return Double.longBitsToDouble(bits);
    }

    private static boolean isNext(InputStream in) throws IOException {
      return in.read() == 1;
    }

    @Override
    public void verifyDeterministic() {}
  }
}
