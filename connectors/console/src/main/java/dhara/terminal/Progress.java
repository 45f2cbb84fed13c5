package dhara.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/**
 * The progress of long work: on a terminal a line that is redrawn every second, elsewhere a new
 * line every minute. What engines repeat counts twice; exact counts are in the ledger.
 */
public final class Progress {

  private static final MetricsFilter READ = named("read");
  private static final MetricsFilter BYTES = named("read.bytes");

  private static MetricsFilter named(String name) {
    return MetricsFilter.builder().addNameFilter(MetricNameFilter.named("dhara", name)).build();
  }

  private static final long DRAWN_EVERY_SECONDS = 1;
  private static final long WRITTEN_EVERY_SECONDS = 60;

  /** Back to the first column, and clear the line. */
  private static final String REDRAW = "\r\u001b[K";

  private final LongSupplier read;
  private final String of;
  private final LongSupplier bytes;
  private final long total;
  private final PrintStream err;
  private final boolean live;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "dhara-progress");
            thread.setDaemon(true);
            return thread;
          });

  private final Future<?> showing;
  private boolean stopped;

  private Progress(LongSupplier read, String of, LongSupplier bytes, long total, Console console) {
    this.read = read;
    this.of = of;
    this.bytes = bytes;
    this.total = total;
    this.err = console.err();
    this.live = console.live();
    long seconds = live ? DRAWN_EVERY_SECONDS : WRITTEN_EVERY_SECONDS;
    this.showing = clock.scheduleWithFixedDelay(this::show, seconds, seconds, TimeUnit.SECONDS);
  }

  /**
   * The progress of a pipeline: what its sources have read.
   *
   * @param read how many events so far; negative if nothing is counted
   * @param bytes their size; negative if nothing is counted
   * @param total how many bytes they will read in total; negative if unknown
   */
  public static Progress of(LongSupplier read, LongSupplier bytes, long total, Console console) {
    return new Progress(read, "events", bytes, total, console);
  }

  /**
   * The progress of a growing count.
   *
   * @param of what is counted, such as {@code events}
   */
  public static Progress of(LongSupplier count, String of, Console console) {
    return new Progress(count, of, () -> -1, -1, console);
  }

  /** The events that a pipeline has read by its metrics; negative if the engine counts nothing. */
  public static long read(PipelineResult result) {
    return sum(result, READ);
  }

  /** Their size; negative if the engine counts nothing. */
  public static long bytes(PipelineResult result) {
    return sum(result, BYTES);
  }

  private static long sum(PipelineResult result, MetricsFilter counters) {
    long sum = -1;
    for (MetricResult<Long> counter : result.metrics().queryMetrics(counters).getCounters()) {
      sum = Math.max(sum, 0) + counter.getAttempted();
    }
    return sum;
  }

  /** Shows how far the work is; nothing once it has stopped. */
  synchronized void show() {
    if (stopped) {
      return;
    }
    long nanos = System.nanoTime() - startNanos;
    String line = line(read.getAsLong(), of, nanos) + ofAll(bytes.getAsLong(), total, nanos);
    if (live) {
      err.print(REDRAW + line);
    } else {
      err.println(line);
    }
    err.flush();
  }

  /**
   * {@code 45% of 1.2 GB 2 min left}: the remaining time is extrapolated, for the reading only;
   * empty if the total is unknown.
   */
  static String ofAll(long bytes, long total, long nanos) {
    if (total <= 0 || bytes < 0) {
      return "";
    } else if (bytes >= total * READ_WHOLE) {
      return "  all of %s read, adding up".formatted(size(total));
    }
    String done = "  %d%% of %s".formatted(100 * bytes / total, size(total));
    return bytes == 0
        ? done
        : done + "  %s left".formatted(time(nanos / 1e9 * (total - bytes) / bytes));
  }

  /** {@code 45 s}, {@code 12 min}, {@code 3.5 h}. */
  private static String time(double seconds) {
    if (seconds < 100) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    return seconds < 6_000
        ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
        : String.format(Locale.ROOT, "%.1f h", seconds / 3_600);
  }

  /** Line ends and headers are not counted as bytes of events. */
  private static final double READ_WHOLE = 0.97;

  private static String size(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double size = bytes;
    int unit = 0;
    while (size >= 1_000 && unit < units.length - 1) {
      size /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  }

  /** {@code 1,234,567 events 411,522/s 3 s}; only the time if nothing is counted. */
  static String line(long read, String of, long nanos) {
    double seconds = nanos / 1e9;
    if (read < 0) {
      return time(seconds);
    }
    long rate = seconds > 0 ? Math.round(read / seconds) : 0;
    return String.format(Locale.ROOT, "%,d %s  %,d/s  %s", read, of, rate, time(seconds));
  }

  /** Prints a line in place of the one that is redrawn, which follows below it. */
  public synchronized void say(String line) {
    err.println(live && !stopped ? REDRAW + line : line);
  }

  /** Ends it; a line on a terminal is cleared. */
  public synchronized void stop() {
    stopped = true;
    showing.cancel(false);
    clock.shutdownNow();
    if (live) {
      err.print(REDRAW);
      err.flush();
    }
  }
}
