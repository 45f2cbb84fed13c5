package dhara.cli;

/** How the command ends. */
public final class ExitCode {

  /** It is done. */
  public static final int DONE = 0;

  /** The run failed, or what it compared is not equal. */
  public static final int FAILED = 1;

  /** What the user said cannot be done. */
  public static final int MISUSED = 2;

  private ExitCode() {}
}
