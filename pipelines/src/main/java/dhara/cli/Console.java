package dhara.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command speaks: answers on {@code out}, everything else on {@code err}.
 *
 * @param out answers and help
 * @param err errors, progress, the ledger
 * @param live whether {@code err} is a terminal that a line can be redrawn on
 * @param colour whether text may be coloured
 */
public record Console(PrintStream out, PrintStream err, boolean live, boolean colour) {

  /** The console of this process. A dumb terminal redraws nothing; {@code NO_COLOR} is obeyed. */
  public static Console ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean live = isTerminal() && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Console(
        System.out, System.err, live, live && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on, isTerminal() is asked
  private static boolean isTerminal() {
    java.io.Console console = System.console();
    if (console == null || Runtime.version().feature() < 22) {
      return console != null;
    }
    try {
      return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot ask for the terminal", e);
    }
  }
}
