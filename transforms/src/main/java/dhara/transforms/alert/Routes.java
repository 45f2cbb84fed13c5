package dhara.transforms.alert;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where alerts go, and which do not: what a routing file says.
 *
 * @param root takes every alert
 * @param receivers by their names, whether each is told of the end of alerts: {@code send_resolved}
 * @param inhibitions which alerts keep which others quiet
 * @param silences which alerts nobody is to hear of, and when
 * @param resolveTimeout after this time without an event an alert counts as resolved
 */
public record Routes(
    AlertRoute root,
    Map<String, Boolean> receivers,
    List<Inhibition> inhibitions,
    List<Silence> silences,
    Duration resolveTimeout)
    implements Serializable {

  /** How long an alert lasts of which nothing more is heard. */
  public static final Duration RESOLVE_TIMEOUT = Duration.ofDays(1);

  /** Alertmanager's default of {@code group_wait}. */
  public static final Duration GROUP_WAIT = Duration.ofSeconds(30);

  /** Alertmanager's default of {@code group_interval}. */
  public static final Duration GROUP_INTERVAL = Duration.ofMinutes(5);

  /** Alertmanager's default of {@code repeat_interval}. */
  public static final Duration REPEAT_INTERVAL = Duration.ofHours(4);

  public Routes {
    receivers = Collections.unmodifiableSortedMap(new TreeMap<>(receivers));
    inhibitions = List.copyOf(inhibitions);
    silences = List.copyOf(silences);
    if (!root.matchers().isEmpty()) {
      throw new IllegalArgumentException(
          "the root route takes every alert, so it has no matchers; put them into a child");
    }
    AlertRoute.between("resolve_timeout", resolveTimeout, AlertRoute.LEAST);
    Map<String, AlertRoute> byKey = new LinkedHashMap<>();
    for (AlertRoute route : all(root)) {
      if (byKey.put(route.key(), route) != null) {
        throw new IllegalArgumentException(
            "two routes are " + route.key() + "; their groups could not be told apart");
      }
      if (!receivers.containsKey(route.receiver())) {
        throw new IllegalArgumentException(
            "the receiver '%s' of %s is none of the receivers %s"
                .formatted(route.receiver(), route.key(), receivers.keySet()));
      }
    }
  }

  /**
   * What holds without a routing file: alerts of one type are a group, a critical one is told at
   * once, and there are at most sixty notifications an hour for critical alerts and for others.
   */
  public static Routes standard() {
    String receiver = "default";
    List<String> byType = List.of("type");
    AlertRoute.Limit limit = new AlertRoute.Limit(60, Duration.ofHours(1));
    LabelMatcher critical = LabelMatcher.of("severity=~\"(?i)critical\"");
    AlertRoute atOnce =
        new AlertRoute(
            "{}/{" + critical.text() + "}",
            receiver,
            List.of(critical),
            byType,
            Duration.ZERO,
            GROUP_INTERVAL,
            REPEAT_INTERVAL,
            false,
            limit,
            List.of());
    AlertRoute root =
        new AlertRoute(
            "{}",
            receiver,
            List.of(),
            byType,
            GROUP_WAIT,
            GROUP_INTERVAL,
            REPEAT_INTERVAL,
            false,
            limit,
            List.of(atOnce));
    return new Routes(root, Map.of(receiver, true), List.of(), List.of(), RESOLVE_TIMEOUT);
  }

  /** The routes on which an alert with these labels is notified about; at least one. */
  List<AlertRoute> of(Map<String, String> labels) {
    List<AlertRoute> taking = new ArrayList<>();
    collect(root, labels, taking);
    return taking;
  }

  private static boolean collect(
      AlertRoute route, Map<String, String> labels, List<AlertRoute> taking) {
    if (!route.takes(labels)) {
      return false;
    }
    int before = taking.size();
    for (AlertRoute child : route.routes()) {
      if (collect(child, labels, taking) && !child.goesOn()) {
        break;
      }
    }
    if (taking.size() == before) {
      taking.add(route);
    }
    return true;
  }

  /** All routes, parents before their children. */
  List<AlertRoute> all() {
    return all(root);
  }

  private static List<AlertRoute> all(AlertRoute route) {
    List<AlertRoute> all = new ArrayList<>(List.of(route));
    route.routes().forEach(child -> all.addAll(all(child)));
    return all;
  }

  /** Whether an alert with these labels is silenced at this moment. */
  boolean silenced(Map<String, String> labels, Instant at) {
    for (Silence silence : silences) {
      if (silence.holds(labels, at)) {
        return true;
      }
    }
    return false;
  }
}
