package dhara.transforms.alert;

import dhara.records.RecordCoder;
import dhara.transforms.order.InOrder;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;

/**
 * Routes alerts to receivers: groups, inhibits, silences, limits and repeats them.
 *
 * <p>Data: events of alerts in the global window, each once → what was decided about them on each
 * route, with the notifications. {@link AlertRouting} has the rules. Time: events are taken in the
 * order of (event time, id), and the moments between them at which something is due come in their
 * order. A decision has the time at which it is made; in a stream it comes when the watermark has
 * passed that time by the lateness. State: the alerts that are firing and the groups with something
 * to tell, all under one key, because any alert may keep any other quiet; until {@code
 * resolve_timeout} and some intervals after the last event. More alerts than {@link
 * #withMostAlerts} are an error that ends the run. Late: as in {@link InOrder}; tell the source
 * {@link #windows}.
 *
 * <pre>{@code
 * alerts.apply(RouteAlerts.by(routes).withLateness(lateness))
 * }</pre>
 *
 * <p><b>Designs.</b> One key for each top route would share the work, but the sources of
 * inhibitions and the events of alerts with {@code continue} would have to be copied to all of
 * them. Alerts are few, so one key does.
 */
public final class RouteAlerts
    extends PTransform<PCollection<AlertEvent>, PCollection<RouteDecision>> {

  private static final long serialVersionUID = 1L;

  /** More alerts than this at once are no use to anybody. */
  public static final long MOST_ALERTS = 10_000;

  private final Routes routes;
  private final long most;
  private final Duration lateness;

  private RouteAlerts(Routes routes, long most, Duration lateness) {
    this.routes = routes;
    this.most = most;
    this.lateness = lateness;
  }

  /** Routes alerts by these rules. */
  public static RouteAlerts by(Routes routes) {
    return new RouteAlerts(routes, MOST_ALERTS, Duration.ZERO);
  }

  /**
   * How many alerts may be in groups at once; one that is in two groups counts twice.
   *
   * @param newMost at least 1
   */
  public RouteAlerts withMostAlerts(long newMost) {
    if (newMost < 1) {
      throw new IllegalArgumentException("at least 1 alert must be allowed, not " + newMost);
    }
    return new RouteAlerts(routes, newMost, lateness);
  }

  /** How far behind the watermark events may come; by default, not at all. */
  public RouteAlerts withLateness(Duration newLateness) {
    return new RouteAlerts(routes, most, newLateness);
  }

  /** The windows that decide when an event is too late, for the source. */
  public Windows windows() {
    return InOrder.windows(lateness);
  }

  @Override
  public PCollection<RouteDecision> expand(PCollection<AlertEvent> alerts) {
    return alerts.apply(
        "Route",
        InOrder.perKey((AlertEvent event) -> "")
            .fold(
                new AlertRouting(routes, most),
                new AlertBook.Form(),
                RecordCoder.of(RouteDecision.class))
            .withLateness(lateness)
            .withBackfillShards(1));
  }
}
