package dhara.serving;

import dhara.engine.Launcher;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import dhara.terminal.Progress;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the user is told by a server: lines, and how many rows have come until what was there at its
 * start is loaded. It may be used by any thread.
 */
final class Loading implements AutoCloseable {

  private final Console console;
  private @Nullable Progress progress;
  private @Nullable LongSupplier rows;
  private long startNanos;

  Loading(Console console) {
    this.console = console;
  }

  /** Says a line. */
  synchronized void say(String line) {
    String shown = Printable.lines(Launcher.NAME + ": " + line);
    if (progress == null) {
      console.err().println(shown);
    } else {
      progress.say(shown);
    }
  }

  /**
   * Begins to show the progress.
   *
   * @param loaded how many rows have come so far
   */
  synchronized void begin(LongSupplier loaded) {
    rows = loaded;
    startNanos = System.nanoTime();
    progress = Progress.of(loaded, "rows", console);
  }

  /** Everything that was there is loaded; calls after the first do nothing. */
  synchronized void loaded() {
    if (progress != null) {
      close();
      long all = rows.getAsLong();
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      String of = all == 1 ? "row" : "rows";
      say(String.format(Locale.ROOT, "%,d %s loaded, in %.1f s", all, of, seconds));
    }
  }

  /** Shows no progress any more. */
  @Override
  public synchronized void close() {
    if (progress != null) {
      progress.stop();
      progress = null;
    }
  }
}
