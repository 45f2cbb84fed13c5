package dhara.formats.text;

import dhara.events.DeadLetter.Reason;

/**
 * Thrown by a parser for bytes that are not an event. It has no stack trace, because it is data and
 * not a bug.
 */
public final class BadEvent extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public BadEvent(Reason reason, String text) {
    super(text, null, false, false);
    this.reason = reason;
  }

  /** Why the bytes are not an event. */
  public Reason reason() {
    return reason;
  }
}
