package dhara.demo;

import java.io.PrintStream;
import java.time.Duration;

/** Prints what the demonstration does, and when. */
final class ProgressLines {

  private final PrintStream out;
  private final long start = System.nanoTime();

  ProgressLines(PrintStream out) {
    this.out = out;
  }

  /** Prints a line with the seconds since the start. */
  synchronized void say(String format, Object... values) {
    out.printf("%5.1f s  %s%n", since().toMillis() / 1e3, format.formatted(values));
    out.flush();
  }

  /** Prints lines as they are. */
  synchronized void show(String format, Object... values) {
    out.printf(format, values);
    out.flush();
  }

  Duration since() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
