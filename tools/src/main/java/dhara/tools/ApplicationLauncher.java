package dhara.tools;

import dhara.cli.ExitCode;
import dhara.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The main class of a job that an engine starts inside its own process, as the JobManager of
 * Flink's application mode does. It runs the command, but never ends the process, which is the
 * engine's.
 *
 * <p>Options come from the arguments alone. The environment of a pod holds variables that nobody
 * meant as options, such as those of services.
 */
public final class ApplicationLauncher {

  private ApplicationLauncher() {}

  /**
   * Runs the command, and returns when the engine has the job.
   *
   * @param arguments the analysis and its options
   * @throws Refused if the command fails; the engine shows its message as the reason
   */
  public static void main(String... arguments) {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(told, true, StandardCharsets.UTF_8);
    int exit = Dhara.on(Console.piped(System.out, err)).run(arguments);
    String lines = told.toString(StandardCharsets.UTF_8).strip();
    System.err.println(lines);
    if (exit != ExitCode.DONE) {
      throw new Refused(lines);
    }
  }

  /** The command has failed. */
  public static final class Refused extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private Refused(String lines) {
      super(lines);
    }
  }
}
