package dhara.transforms.alert;

import static dhara.transforms.aggregate.Arrivals.time;

import dhara.transforms.alert.AlertEvent.State;
import dhara.transforms.alert.Notification.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Alerts and routes of tests, and what was decided, as short texts. */
final class Routed {

  private Routed() {}

  /** An event whose id is its time, state and labels. */
  static AlertEvent event(String at, String type, String severity, String labels, State state) {
    return new AlertEvent(
        at + state + type + labels, time(at), "test", type, severity, labels, state, null, null);
  }

  static AlertEvent fires(String at, String type, String labels) {
    return event(at, type, "warning", labels, State.FIRING);
  }

  static AlertEvent ends(String at, String type, String labels) {
    return event(at, type, "warning", labels, State.RESOLVED);
  }

  /** A route with the times of Alertmanager's documentation: 30 s, 5 min and 4 h. */
  static AlertRoute route(
      String key, String receiver, List<String> groupBy, AlertRoute... children) {
    return new AlertRoute(
        key,
        receiver,
        List.of(),
        groupBy,
        Routes.GROUP_WAIT,
        Routes.GROUP_INTERVAL,
        Routes.REPEAT_INTERVAL,
        false,
        null,
        List.of(children));
  }

  /** A child that takes what meets the matchers; its key is the first of them. */
  static AlertRoute child(String receiver, boolean goesOn, String... matchers) {
    return new AlertRoute(
        matchers[0],
        receiver,
        matchers(matchers),
        List.of("type"),
        Routes.GROUP_WAIT,
        Routes.GROUP_INTERVAL,
        Routes.REPEAT_INTERVAL,
        goesOn,
        null,
        List.of());
  }

  static List<LabelMatcher> matchers(String... matchers) {
    return List.of(matchers).stream().map(LabelMatcher::of).toList();
  }

  /** The root with other times and a limit. */
  static AlertRoute timed(
      Duration wait, Duration interval, Duration repeat, AlertRoute.@Nullable Limit limit) {
    return new AlertRoute(
        "{}", "team", List.of(), List.of("type"), wait, interval, repeat, false, limit, List.of());
  }

  static Routes routes(AlertRoute root) {
    return routes(root, List.of(), List.of());
  }

  static Routes routes(AlertRoute root, List<Inhibition> inhibitions, List<Silence> silences) {
    return new Routes(
        root,
        Map.of("team", true, "pager", true, "log", false),
        inhibitions,
        silences,
        Duration.ofHours(12));
  }

  static List<RouteDecision> decisions(Routes routes, List<AlertEvent> events) {
    return new AlertRouting(routes, 1_000).over(events);
  }

  /** What was sent: {@code 10:00:30 team FIRING latency a, -b}, where b has ended. */
  static List<String> sent(Routes routes, AlertEvent... events) {
    return sent(decisions(routes, List.of(events)));
  }

  static List<String> sent(List<RouteDecision> decisions) {
    List<String> texts = new ArrayList<>();
    for (RouteDecision decision : decisions) {
      Notification sent = decision.notification();
      if (sent != null) {
        texts.add(
            "%s %s %s%s%s %s%s"
                .formatted(
                    decision.at().toString().substring(11).replace("Z", ""),
                    sent.receiver(),
                    sent.status(),
                    sent.repeat() ? " again" : "",
                    sent.held() == null ? "" : " of " + sent.held(),
                    sent.alerts().stream().map(Routed::text).collect(Collectors.joining(", ")),
                    sent.more() == 0 ? "" : " and " + sent.more()));
      }
    }
    return texts;
  }

  private static String text(Told told) {
    return (told.firing() ? "" : "-") + told.type() + "." + told.labels().replaceAll(".*=", "");
  }

  /** All counts together. */
  static RouteCounts counts(List<RouteDecision> decisions) {
    long[] sums = new long[9];
    for (RouteDecision decision : decisions) {
      RouteCounts of = decision.counts();
      long[] each = {
        of.alerts(),
        of.notified(),
        of.grouped(),
        of.unchanged(),
        of.inhibited(),
        of.silenced(),
        of.capped(),
        of.notifications(),
        of.repeats()
      };
      for (int i = 0; i < sums.length; i++) {
        sums[i] += each[i];
      }
    }
    return new RouteCounts(
        sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8]);
  }
}
