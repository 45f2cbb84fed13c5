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
 * A progress line on the terminal, redrawn every second. What engines repeat counts twice; exact
 * counts are in the ledger.
 */
public final class Progress {

  private static final MetricsFilter READ = named("read");
  private static final MetricsFilter BYTES = named("read.bytes");

  private static MetricsFilter named(String name) {
    return MetricsFilter.builder().addNameFilter(MetricNameFilter.named("dhara", name)).build();
  }

  /** Back to the first column, and clear the line. */
  private static final String REDRAW = "\r\u001b[K";

  private final LongSupplier read;
  private final LongSupplier bytes;
  private final long total;
  private final PrintStream err;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "dhara-progress");
            thread.setDaemon(true);
            return thread;
          });

  private final Future<?> drawing;
  private boolean stopped;

  private Progress(LongSupplier read, LongSupplier bytes, long total, PrintStream err) {
    this.read = read;
    this.bytes = bytes;
    this.total = total;
    this.err = err;
    this.drawing = clock.scheduleWithFixedDelay(this::draw, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * The progress of a pipeline: what its sources have read.
   *
   * @param read how many events so far; negative if nothing is counted
   * @param bytes their size; negative if nothing is counted
   * @param total how many bytes they will read in total; negative if unknown
   */
  public static Progress of(LongSupplier read, LongSupplier bytes, long total, PrintStream err) {
    return new Progress(read, bytes, total, err);
  }

  /** The progress of a growing count of events. */
  public static Progress of(LongSupplier count, PrintStream err) {
    return new Progress(count, () -> -1, -1, err);
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

  private synchronized void draw() {
    if (stopped) {
      return;
    }
    err.print(REDRAW + line(read.getAsLong(), System.nanoTime() - startNanos) + ofAll());
    err.flush();
  }

  private String ofAll() {
    return ofAll(bytes.getAsLong(), total, System.nanoTime() - startNanos);
  }

  /**
   * {@code 45% of 1.2 GB 4 s left}: the remaining time is extrapolated, for the reading only; empty
   * if the total is unknown.
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
        : done + "  %.0f s left".formatted(nanos / 1e9 * (total - bytes) / bytes);
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
  static String line(long read, long nanos) {
    double seconds = nanos / 1e9;
    if (read < 0) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    long rate = seconds > 0 ? Math.round(read / seconds) : 0;
    return String.format(Locale.ROOT, "%,d events  %,d/s  %.0f s", read, rate, seconds);
  }

  /** Clears the line. */
  public synchronized void stop() {
    stopped = true;
    drawing.cancel(false);
    clock.shutdownNow();
    err.print(REDRAW);
    err.flush();
  }
}
