package dhara.transforms.anomaly;

import dhara.events.Event;
import dhara.transforms.order.Fold;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * When the alerts of a key begin and end, event by event.
 *
 * @param watched what there are alerts of
 * @param keep a key without an event for longer than this starts without alerts
 */
record AlertFold<E extends Event>(List<Watched<E>> watched, Duration keep)
    implements Fold<E, AlertFold.Alerting, AlertFold.Changed> {

  /** A number of the events, with its limits. */
  record Watched<E>(String name, Measure<E> measure, Hysteresis limits) implements Serializable {}

  /**
   * Which alerts there are.
   *
   * @param since when each began, by its name
   */
  record Alerting(Map<String, Instant> since) {}

  /** A change of one of the alerts. */
  record Changed(Instant at, String name, Alert alert) {}

  @Override
  public Alerting initial() {
    return new Alerting(Map.of());
  }

  @Override
  public Alerting apply(Alerting before, E event, Consumer<Changed> out) {
    Map<String, Instant> since = new TreeMap<>(before.since);
    for (Watched<E> each : watched) {
      double value = each.measure.of(event);
      Instant begun = since.get(each.name);
      if (Double.isNaN(value) || each.limits.next(begun != null, value) == (begun != null)) {
        continue;
      }
      Alert alert;
      if (begun == null) {
        since.put(each.name, event.at());
        alert = new Alert(Alert.State.RAISED, event.at(), value, each.limits.raise());
      } else {
        since.remove(each.name);
        alert = new Alert(Alert.State.CLEARED, begun, value, each.limits.clear());
      }
      out.accept(new Changed(event.at(), each.name, alert));
    }
    return new Alerting(since);
  }
}
