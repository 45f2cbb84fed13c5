package dhara.ledger;

import java.io.Serializable;
import java.time.Instant;

/**
 * Numbers revisions by the clock: microseconds since 1970, each above the one before.
 *
 * <p>A stream that goes on from a checkpoint has forgotten what it gave since then, and gives fewer
 * answers for the same events, which come all at once now. Had it counted, its last answer for a
 * key could have a lower revision than one that it gave before it failed, of fewer events, and a
 * reader would keep that one.
 */
public final class RevisionClock implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final long MICROS = 1_000;

  private transient long last;

  /**
   * The next revision. It has sixteen digits, which a JSON number holds exactly, and is even for a
   * first answer.
   *
   * @param first whether it is the first answer of its key and window, as far as the stream knows
   */
  public long next(boolean first) {
    last = Math.max(last + 1, System.currentTimeMillis() * MICROS);
    if (first(last) != first) {
      last++;
    }
    return last;
  }

  /** That of a first answer at a moment. */
  public static long at(Instant moment) {
    return moment.toEpochMilli() * MICROS;
  }

  /** Whether a revision was given to a first answer. */
  public static boolean first(long revision) {
    return revision % 2 == 0;
  }
}
