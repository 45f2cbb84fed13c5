package dhara.transforms.anomaly;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.InOrder;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/**
 * Raises an alert when a number of a key passes a limit, and clears it when the number is back.
 *
 * <p>Data: events in the global window, each once, for example settled windows → an answer for each
 * beginning and each end of an alert. Time: events of a key are taken in the order of their time;
 * an answer is about the time of its event. In a stream it is settled, so it comes when the
 * watermark has passed that time by the lateness. State: per key the alerts that there are, until
 * {@link #keptFor} after its last event; then it starts without alerts. Late: as in {@link
 * InOrder}; tell the source {@link #windows}.
 *
 * <pre>{@code
 * RaiseAlerts.perKey(Service.class, ServiceWindow::service)
 *     .of("error_rate", ServiceWindow::errorRate, Hysteresis.above(0.05, 0.2))
 *     .of("latency", ServiceWindow::millis, Hysteresis.above(1_000, 0.2))
 *     .answers(ServiceAlert.class, (service, name) -> new ServiceAlert(service.name(), name))
 * }</pre>
 *
 * @param <E> the events
 * @param <K> their key
 */
public final class RaiseAlerts<E extends Event, K extends Record> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Longer than most keys are silent for, and still under the same alert. */
  private static final Duration KEPT = Duration.ofDays(30);

  private final Class<K> type;
  private final SerializableFunction<E, K> key;
  private final List<AlertFold.Watched<E>> watched;
  private final Duration kept;
  private final Duration lateness;

  private RaiseAlerts(
      Class<K> type,
      SerializableFunction<E, K> key,
      List<AlertFold.Watched<E>> watched,
      Duration kept,
      Duration lateness) {
    this.type = type;
    this.key = key;
    this.watched = List.copyOf(watched);
    this.kept = kept;
    this.lateness = lateness;
  }

  /** The alerts of each key. */
  public static <E extends Event, K extends Record> RaiseAlerts<E, K> perKey(
      Class<K> type, SerializableFunction<E, K> key) {
    return new RaiseAlerts<>(type, key, List.of(), KEPT, Duration.ZERO);
  }

  /**
   * Also alerts of this number.
   *
   * @param name of the alert, one of its own
   * @param measure the number; NaN if an event has none, which changes nothing
   */
  public RaiseAlerts<E, K> of(String name, Measure<E> measure, Hysteresis limits) {
    if (watched.stream().anyMatch(each -> each.name().equals(name))) {
      throw new IllegalArgumentException(
          "two alerts are called \"%s\"; they could not be told apart".formatted(name));
    }
    List<AlertFold.Watched<E>> more = new ArrayList<>(watched);
    more.add(new AlertFold.Watched<>(name, measure, limits));
    return new RaiseAlerts<>(type, key, more, kept, lateness);
  }

  /** How long after its last event a key is remembered; by default thirty days. */
  public RaiseAlerts<E, K> keptFor(Duration duration) {
    return new RaiseAlerts<>(type, key, watched, duration, lateness);
  }

  /** How far behind the watermark events may come; by default, not at all. */
  public RaiseAlerts<E, K> withLateness(Duration newLateness) {
    return new RaiseAlerts<>(type, key, watched, kept, newLateness);
  }

  /** The windows that decide when an event is too late, for the source. */
  public Windows windows() {
    return InOrder.windows(lateness);
  }

  /**
   * Makes answers of the alerts.
   *
   * @param about what answers are about
   * @param naming what an alert is about, from its key and its name; different for each name
   */
  public <A extends Record> PTransform<PCollection<E>, PCollection<Answer<A, Alert>>> answers(
      Class<A> about, SerializableBiFunction<K, String, A> naming) {
    if (watched.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to alert of; name it with of");
    }
    return InOrder.perKey(type, key)
        .fold(new AlertFold<>(watched, kept), AlertFold.Alerting.class, AlertFold.Changed.class)
        .withLateness(lateness)
        .answers(
            about,
            Alert.class,
            (of, changed) ->
                Answer.at(naming.apply(of, changed.name()), changed.at(), changed.alert()));
  }
}
