package dhara.terminal;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Which of a process' output streams are terminals, and what the terminal can do. Either may be
 * redirected without the other: {@code 2>err.log} leaves a table on the terminal, and {@code
 * >out.jsonl} leaves the progress there.
 *
 * <p>Java 17 can only say whether standard input and output are <em>both</em> terminals, so a shell
 * that inherits the streams is asked: {@code [ -t 1 ]} is POSIX' {@code isatty}. That takes some
 * milliseconds, needs no native code that is unpacked into a temporary folder at every start, and
 * works the same on Linux, macOS and the BSDs. Without a shell, as on Windows, Java's answer is
 * used for both streams.
 *
 * @param out whether standard output is a terminal
 * @param err whether standard error is a terminal
 * @param redraws whether it can return to the start of a line; a dumb one cannot
 * @param coloured whether the user allows colours
 * @param columns its width
 */
public record Terminal(boolean out, boolean err, boolean redraws, boolean coloured, int columns) {

  /** The width if it is unknown: that of the first terminals. */
  public static final int COLUMNS = 80;

  /** Both streams go to files or pipes. */
  public static final Terminal NONE = new Terminal(false, false, false, false, COLUMNS);

  private static final File SHELL = new File("/bin/sh");
  private static final int OUT = 1;
  private static final int ERR = 2;

  /** Exits with 1 if standard output is a terminal, 2 if standard error is, 3 if both are. */
  private static final String STREAMS =
      "shown=0; [ -t 1 ] && shown=1; [ -t 2 ] && shown=$((shown + 2)); exit $shown";

  /** The terminal of this process. */
  public static Terminal ofProcess() {
    int shown = shown();
    if (shown == 0) {
      return NONE;
    }
    Map<String, String> environment = System.getenv();
    boolean redraws = !environment.getOrDefault("TERM", "dumb").equals("dumb");
    return new Terminal(
        (shown & OUT) != 0,
        (shown & ERR) != 0,
        redraws,
        redraws && environment.getOrDefault("NO_COLOR", "").isEmpty(),
        width(environment.get("COLUMNS")).orElseGet(Terminal::width));
  }

  private static int shown() {
    if (!SHELL.canExecute()) {
      return isInteractive() ? OUT | ERR : 0;
    }
    try {
      int shown = new ProcessBuilder(SHELL.getPath(), "-c", STREAMS).inheritIO().start().waitFor();
      return shown <= (OUT | ERR) ? shown : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on, isTerminal() is asked
  private static boolean isInteractive() {
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

  /** The output of {@code stty} for the controlling terminal of this process: "rows columns". */
  private static int width() {
    if (!SHELL.canExecute()) {
      return COLUMNS;
    }
    try {
      Process stty =
          new ProcessBuilder(SHELL.getPath(), "-c", "stty size </dev/tty")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return width(size.strip().replaceFirst("^\\d+ +", "")).orElse(COLUMNS);
    } catch (IOException e) {
      return COLUMNS;
    }
  }

  /** A number of columns; a terminal without a known size reports zero. */
  private static OptionalInt width(@Nullable String columns) {
    return columns != null && columns.matches("[1-9]\\d{0,3}")
        ? OptionalInt.of(Integer.parseInt(columns))
        : OptionalInt.empty();
  }
}
