package dhara.transforms.alert;

import dhara.events.Event;
import java.time.Instant;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An alert has begun, goes on, or has ended.
 *
 * <p>Two of these are about the same alert, which is the same incident, if their source, type and
 * labels are equal; the severity, the value and the text may change while it lasts. Alertmanager
 * counts the severity among the labels, so there an alert that gets worse is another one.
 *
 * @param id of this row, not of the alert
 * @param at when it was so
 * @param source the analysis that says so
 * @param type what is wrong, e.g. {@code error_rate}; Alertmanager's {@code alertname}
 * @param severity how bad it is, e.g. {@code critical}
 * @param labels what it is about, e.g. {@code region=north,device=TV}
 * @param state whether it begins or goes on, or has ended
 * @param value a number for its readers
 * @param text a text for its readers
 */
public record AlertEvent(
    String id,
    Instant at,
    String source,
    String type,
    @Nullable String severity,
    @Nullable String labels,
    State state,
    @Nullable Double value,
    @Nullable String text)
    implements Event {

  /** Whether an alert begins or ends. */
  public enum State {
    /** It begins or goes on. */
    FIRING,
    /** It has ended. */
    RESOLVED,
    /** The same as {@link #FIRING}, as analyses call it. */
    RAISED,
    /** The same as {@link #RESOLVED}, as analyses call it. */
    CLEARED,
    /** The same as {@link #FIRING}, as {@code booking-rush} calls it. */
    BEGUN,
    /** The same as {@link #RESOLVED}, as {@code booking-rush} calls it. */
    OVER;

    /** Whether it begins or goes on. */
    public boolean firing() {
      return this == FIRING || this == RAISED || this == BEGUN;
    }
  }

  private static final String SEVERITY = "severity";
  private static final Set<String> OWN = Set.of("source", "type", SEVERITY);

  public AlertEvent {
    if (source.isEmpty() || type.isEmpty()) {
      throw new IllegalArgumentException(
          "an alert has a source and a type, not '%s' and '%s'".formatted(source, type));
    }
    for (String name : AlertLabels.read(labels).keySet()) {
      if (OWN.contains(name)) {
        throw new IllegalArgumentException(
            "%s is a component of an alert, not one of its labels: %s".formatted(name, labels));
      }
    }
    if (value != null && !Double.isFinite(value)) {
      throw new IllegalArgumentException("value is not a number: " + value);
    }
  }

  /** All that matchers can ask for: the labels, {@code source}, {@code type}, {@code severity}. */
  public SortedMap<String, String> all() {
    SortedMap<String, String> all = identifying();
    if (severity != null && !severity.isEmpty()) {
      all.put(SEVERITY, severity);
    }
    return all;
  }

  /** The name of the alert: equal for the events of one. */
  public String identity() {
    return AlertLabels.text(identifying());
  }

  private SortedMap<String, String> identifying() {
    SortedMap<String, String> all = new TreeMap<>(AlertLabels.read(labels));
    all.put("source", source);
    all.put("type", type);
    return all;
  }
}
