package dhara.metrics;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * How long after they were due answers were given, in a bundle.
 *
 * @param answers how many, by delay in milliseconds; a delay is rounded up, by less than one in 32
 */
public record Delays(Map<Long, Long> answers) {

  /**
   * When an answer is due.
   *
   * @param <T> what is given
   */
  public interface Due<T> extends Serializable {

    /** Says of an answer that it is not counted. */
    long NEVER = Long.MIN_VALUE;

    /** The moment, in epoch milliseconds of event time, or {@link #NEVER}. */
    long millis(T answer);
  }

  /** The leading bits of a delay that are kept. */
  private static final int BITS = 6;

  /** A delay rounded up to few different ones: to a multiple of a power of two. */
  static long rounded(long millis) {
    int dropped = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(millis) - BITS);
    long step = 1L << dropped;
    return (millis + step - 1) & -step;
  }

  /**
   * Counts the answers of a bundle as they pass. Most of them were due at the same moment, so that
   * an answer costs a comparison; the clock is read once.
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
     * The delays of the answers that were due by now. One that is given before its window ends, an
     * early one, has none.
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
