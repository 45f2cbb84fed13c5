package dhara.metrics;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * How long after they were due the answers of a bundle were emitted.
 *
 * @param answers the number of answers by delay in milliseconds, rounded up by less than 1/32
 */
public record Delays(Map<Long, Long> answers) {

  /**
   * When an answer is due.
   *
   * @param <T> the answers
   */
  public interface Due<T> extends Serializable {

    /** For an answer that is not counted. */
    long NEVER = Long.MIN_VALUE;

    /** The moment, in epoch milliseconds of event time, or {@link #NEVER}. */
    long millis(T answer);
  }

  /** The number of leading bits of a delay that are kept. */
  private static final int BITS = 6;

  /** A delay rounded up to a multiple of a power of two, so that there are few distinct values. */
  static long rounded(long millis) {
    int dropped = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(millis) - BITS);
    long step = 1L << dropped;
    return (millis + step - 1) & -step;
  }

  /**
   * Counts the answers of a bundle as they pass. Most of them are due at the same time, so an
   * answer costs one comparison; the clock is read once.
   */
  public static final class Counting {

    private final Map<Long, Long> byDue = new HashMap<>();
    private long due = Due.NEVER;
    private long run;

    /** Counts an answer that was due at a moment. */
    public void given(long millis) {
      if (millis != due) {
        flush();
        due = millis;
      }
      run++;
    }

    private void flush() {
      if (run > 0 && due != Due.NEVER) {
        byDue.merge(due, run, Long::sum);
      }
      run = 0;
    }

    /**
     * The delays of the answers that were due by now. An early answer, emitted before its window
     * ends, has none.
     *
     * @param nowMillis the wall clock at the end of the bundle, epoch milliseconds
     */
    public Delays until(long nowMillis) {
      flush();
      Map<Long, Long> delays = new HashMap<>();
      byDue.forEach(
          (millis, answers) -> {
            if (millis <= nowMillis) {
              delays.merge(rounded(nowMillis - millis), answers, Long::sum);
            }
          });
      return new Delays(delays);
    }
  }
}
