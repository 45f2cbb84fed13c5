package dhara.formats.text;

import dhara.events.DeadLetter.Reason;

/**
 * Thrown by a parser for bytes that are no event. Carries no stack trace: it is data, not a bug.
 */
public final class BadEvent extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public BadEvent(Reason reason, String text) {
    super(text, null, false, false);
    this.reason = reason;
  }

  /** Why the bytes are no event. */
  public Reason reason() {
    return reason;
  }
}
