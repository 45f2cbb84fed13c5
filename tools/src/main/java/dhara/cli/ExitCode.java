package dhara.cli;

/** The exit codes of the command. */
public final class ExitCode {

  /** It succeeded. */
  public static final int DONE = 0;

  /** The run failed, or the compared sets differ. */
  public static final int FAILED = 1;

  /** The arguments cannot be obeyed. */
  public static final int MISUSED = 2;

  private ExitCode() {}
}
