package dhara.tools.calibrate;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Counts the encoded bytes of what a run groups, in this process: metrics of Beam cost something
 * for each element, and some settings of engines turn them off.
 */
final class GroupedBytes {

  private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

  private GroupedBytes() {}

  /** The bytes of a run, which are forgotten with this call. */
  static long taken(String run) {
    LongAdder count = COUNTS.remove(run);
    return count == null ? 0 : count.sum();
  }

  /** Adds the encoded size of each element to the count of its run; it has no output. */
  static final class CountFn<T> extends DoFn<T, Void> {

    private static final long serialVersionUID = 1L;

    private final String run;
    private final Coder<T> coder;

    CountFn(String run, Coder<T> coder) {
      this.run = run;
      this.coder = coder;
    }

    @ProcessElement
    public void process(@Element T element) throws IOException {
      Counting counting = new Counting();
      coder.encode(element, counting);
      COUNTS.computeIfAbsent(run, name -> new LongAdder()).add(counting.bytes);
    }
  }

  private static final class Counting extends OutputStream {

    private long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] all, int from, int length) {
      bytes += length;
    }
  }
}
