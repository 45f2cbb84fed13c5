package dhara.pipelines.platform;

import dhara.pipelines.platform.EventMetrics.AlertChange;
import dhara.pipelines.platform.EventMetrics.AlertState;
import dhara.pipelines.platform.EventMetrics.Measured;
import dhara.transforms.anomaly.Hysteresis;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * When alerts of a service begin and end, window by window.
 *
 * @param errorRate limits of the error rate
 * @param latency limits of the mean latency, in milliseconds
 * @param leastEvents a window with fewer neither begins nor ends an alert
 * @param keep a service without a window for longer than this starts without alerts
 */
record ServiceAlerts(Hysteresis errorRate, Hysteresis latency, long leastEvents, Duration keep)
    implements Fold<ServiceWindow, ServiceAlerts.Alerting, ServiceAlerts.Changed> {

  /**
   * Which alerts there are.
   *
   * @param errorRateSince since when; null if there is none
   * @param latencySince since when; null if there is none
   */
  record Alerting(@Nullable Instant errorRateSince, @Nullable Instant latencySince) {}

  /** A change of one of the alerts. */
  record Changed(Instant at, Measured measured, AlertChange change) {}

  @Override
  public Alerting initial() {
    return new Alerting(null, null);
  }

  @Override
  public Alerting apply(Alerting before, ServiceWindow window, Consumer<Changed> out) {
    return new Alerting(
        next(
            Measured.ERROR_RATE,
            errorRate,
            before.errorRateSince,
            window.errorRate(leastEvents),
            window.at(),
            out),
        next(
            Measured.LATENCY,
            latency,
            before.latencySince,
            window.latency(leastEvents),
            window.at(),
            out));
  }

  /** Since when there is an alert after a window; null if there is none. */
  private static @Nullable Instant next(
      Measured measured,
      Hysteresis limits,
      @Nullable Instant since,
      double value,
      Instant at,
      Consumer<Changed> out) {
    boolean alerting = since != null;
    if (Double.isNaN(value) || limits.next(alerting, value) == alerting) {
      return since;
    }
    if (since == null) {
      out.accept(
          new Changed(at, measured, new AlertChange(AlertState.RAISED, at, value, limits.raise())));
      return at;
    }
    out.accept(
        new Changed(
            at, measured, new AlertChange(AlertState.CLEARED, since, value, limits.clear())));
    return null;
  }
}
