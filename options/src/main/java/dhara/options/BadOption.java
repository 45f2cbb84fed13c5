package dhara.options;

/**
 * What the user said cannot be done. The message names the option, the value and the fix: {@code
 * --window=PT0S: a window must be longer than zero, e.g. --window=PT1M}. The command line prints it
 * and exits with code 2. Of a value that is a URI only what holds no secret is repeated.
 */
public final class BadOption extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param option with its dashes: {@code --window}
   * @param value what the user gave; null where the option is missing
   * @param fix what is wrong, and what would be right
   */
  public BadOption(String option, Object value, String fix) {
    super(UriText.shown(value == null ? option : option + "=" + value) + ": " + fix);
  }

  /** The same, for what the value named cannot do because of a failure underneath. */
  public BadOption(String option, Object value, String fix, Throwable cause) {
    this(option, value, fix);
    initCause(cause);
  }
}
