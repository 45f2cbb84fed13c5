package dhara.cli;

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
 * A line on the terminal that says how far a run has come, redrawn every second. Of a pipeline it
 * reads a metric that engines may count twice under retries: it is for the eye, the ledger is for
 * the books.
 */
final class Progress {

  private static final MetricsFilter READ =
      MetricsFilter.builder().addNameFilter(MetricNameFilter.named("dhara", "read")).build();

  /** Back to the first column, and clear the line. */
  private static final String REDRAW = "\r\u001b[K";

  private final LongSupplier read;
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

  private Progress(LongSupplier read, PrintStream err) {
    this.read = read;
    this.err = err;
    this.drawing = clock.scheduleWithFixedDelay(this::draw, 1, 1, TimeUnit.SECONDS);
  }

  /** Of a pipeline: what its sources have read. */
  static Progress of(PipelineResult result, PrintStream err) {
    return new Progress(() -> read(result), err);
  }

  /** Of a count of events that grows. */
  static Progress of(LongSupplier count, PrintStream err) {
    return new Progress(count, err);
  }

  /** Below zero where the engine counts nothing. */
  private static long read(PipelineResult result) {
    long read = -1;
    for (MetricResult<Long> counter : result.metrics().queryMetrics(READ).getCounters()) {
      read = Math.max(read, 0) + counter.getAttempted();
    }
    return read;
  }

  private synchronized void draw() {
    if (stopped) {
      return;
    }
    err.print(REDRAW + line(read.getAsLong(), System.nanoTime() - startNanos));
    err.flush();
  }

  /** {@code 1,234,567 events 411,522/s 3 s}; the time alone where nobody counts. */
  static String line(long read, long nanos) {
    double seconds = nanos / 1e9;
    if (read < 0) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    long rate = seconds > 0 ? Math.round(read / seconds) : 0;
    return String.format(Locale.ROOT, "%,d events  %,d/s  %.0f s", read, rate, seconds);
  }

  /** Clears the line. */
  synchronized void stop() {
    stopped = true;
    drawing.cancel(false);
    clock.shutdownNow();
    err.print(REDRAW);
    err.flush();
  }
}
