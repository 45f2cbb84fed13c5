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
  synchronized void say(String line) {
    out.printf("%5.1f s  %s%n", since().toMillis() / 1e3, line);
    out.flush();
  }

  /** Prints lines as they are. */
  synchronized void show(String lines) {
    out.print(lines);
    out.flush();
  }

  Duration since() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
