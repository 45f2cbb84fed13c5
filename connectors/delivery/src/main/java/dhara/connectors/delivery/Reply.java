package dhara.connectors.delivery;

import java.time.Duration;

/**
 * What became of one attempt to deliver a row.
 *
 * @param kind what follows from it
 * @param text what the system said, in one line without secrets
 * @param pause how long the system asks to be left alone; zero if it does not
 */
public record Reply(Kind kind, String text, Duration pause) {

  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /** A longer pause is cut to an hour, or a mistake of the system would stop the delivery. */
  public Reply {
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** What follows from a reply. */
  public enum Kind {
    /** The row is delivered. */
    TAKEN,
    /** The system works, and asks to be called later. */
    BUSY,
    /** The system is away or broken; the row is sent again later. */
    FAILED,
    /** The system will never take this row. */
    REFUSED
  }

  /** The row is delivered. */
  public static Reply taken() {
    return new Reply(Kind.TAKEN, "", Duration.ZERO);
  }

  /** The system asks to be called later. */
  public static Reply busy(String text, Duration pause) {
    return new Reply(Kind.BUSY, text, pause);
  }

  /** The system is away or broken. */
  public static Reply failed(String text) {
    return failed(text, Duration.ZERO);
  }

  /** The system is broken, and says for how long. */
  public static Reply failed(String text, Duration pause) {
    return new Reply(Kind.FAILED, text, pause);
  }

  /** The system will never take this row. */
  public static Reply refused(String text) {
    return new Reply(Kind.REFUSED, text, Duration.ZERO);
  }
}
