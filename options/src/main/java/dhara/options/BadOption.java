package dhara.options;

/**
 * An option that the user gave cannot be obeyed. The message names the option, the value and the
 * fix: {@code --window=PT0S: a window must be longer than zero, e.g. --window=PT1M}. The command
 * line prints it and exits with code 2. If the value is a URI, the message repeats only those parts
 * that hold no secret.
 */
public final class BadOption extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param option with its dashes: {@code --window}
   * @param value what the user gave; null if the option is missing
   * @param fix what is wrong, and what would be right
   */
  public BadOption(String option, Object value, String fix) {
    super(UriText.shown(value == null ? option : option + "=" + value) + ": " + fix);
  }

  /** The same, with the failure that caused it. */
  public BadOption(String option, Object value, String fix, Throwable cause) {
    this(option, value, fix);
    initCause(cause);
  }
}
