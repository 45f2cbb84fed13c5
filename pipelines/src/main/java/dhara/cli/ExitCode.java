package dhara.cli;

/** How the command ends. */
final class ExitCode {

  /** It is done. */
  static final int DONE = 0;

  /** The run failed, or what it compared is not equal. */
  static final int FAILED = 1;

  /** What the user said cannot be done. */
  static final int MISUSED = 2;

  private ExitCode() {}
}
