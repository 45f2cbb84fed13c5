package dhara.connectors.delivery;

import dhara.metrics.MeteredStep;
import java.io.Serializable;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;

/** The metrics of a step that delivers rows. */
final class DeliveryMetrics implements RoundCounts, Serializable {

  private static final long serialVersionUID = 1L;

  private final Counter delivered = MeteredStep.counter("delivered");
  private final Counter retried = MeteredStep.counter("delivery.retried");
  private final Counter undelivered = MeteredStep.counter("undelivered");
  private final Counter opened = MeteredStep.counter("delivery.breaker.opened");
  private final Gauge breaker = MeteredStep.gauge("delivery.breaker");
  private final Gauge waiting = MeteredStep.gauge("delivery.waiting");

  @Override
  public void delivered() {
    delivered.inc();
  }

  @Override
  public void retried() {
    retried.inc();
  }

  @Override
  public void undelivered() {
    undelivered.inc();
  }

  @Override
  public void show(long rows, Courier courier) {
    // Zeros too, because an alert rule needs every metric to exist.
    delivered.inc(0);
    retried.inc(0);
    undelivered.inc(0);
    opened.inc(courier.opened());
    breaker.set(courier.breaker());
    waiting.set(rows);
  }
}
