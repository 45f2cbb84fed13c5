package dhara.serving.views;

/**
 * A question that cannot be answered as it was asked. Its message is one sentence, with the fix.
 */
public final class BadQuery extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why it cannot be answered. */
  public enum Reason {
    /** It is wrong: an unknown column, a text that is no number. */
    WRONG,
    /** There is no view of that name. */
    NO_SUCH_VIEW,
    /** It asks for what is no longer kept, or has not happened yet. */
    OUT_OF_REACH,
    /** It takes longer than it may. */
    TOO_LONG
  }

  private final Reason reason;

  public BadQuery(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why it cannot be answered. */
  public Reason reason() {
    return reason;
  }
}
