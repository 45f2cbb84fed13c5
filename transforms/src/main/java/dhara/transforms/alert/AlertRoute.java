package dhara.transforms.alert;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A route of alerts, in Alertmanager's terms: a node of a tree. An alert that meets the matchers
 * goes to the first child that takes it, and further ones as long as each says {@code continue}; if
 * no child takes it, it stays at the node itself.
 *
 * @param key its place in the tree, e.g. {@code {}/{severity="critical"}}
 * @param receiver who is notified
 * @param matchers all must be met; none at the root
 * @param groupBy the labels whose values tell one group of alerts from another; {@code ...} alone
 *     for all labels
 * @param groupWait how long the first notification of a group waits for more alerts
 * @param groupInterval how often a group is looked at after that
 * @param repeatInterval after this time a notification is repeated if nothing has changed
 * @param goesOn whether later siblings are asked too: {@code continue}
 * @param limit how many notifications there may be; null for any number
 * @param routes its children
 */
public record AlertRoute(
    String key,
    String receiver,
    List<LabelMatcher> matchers,
    List<String> groupBy,
    Duration groupWait,
    Duration groupInterval,
    Duration repeatInterval,
    boolean goesOn,
    @Nullable Limit limit,
    List<AlertRoute> routes)
    implements Serializable {

  /** Stands for all labels in {@link #groupBy}. */
  public static final String ALL_LABELS = "...";

  /** No time of routes is longer, so that it is known how long alerts must be remembered. */
  static final Duration LONGEST = Duration.ofDays(30);

  /** No interval is shorter. */
  static final Duration LEAST = Duration.ofSeconds(1);

  /**
   * How many notifications a route may send in each period. Those beyond are held back, and one
   * summary of them is sent at its end. Alertmanager has no such limit.
   *
   * @param notifications at least 1
   * @param per the width of a period; periods begin at its multiples since 1970 in UTC
   */
  public record Limit(int notifications, Duration per) implements Serializable {
    public Limit {
      if (notifications < 1) {
        throw new IllegalArgumentException(
            "a route sends at least 1 notification in a period, not " + notifications);
      }
      between("the period of a limit", per, LEAST);
    }
  }

  public AlertRoute {
    matchers = List.copyOf(matchers);
    groupBy = List.copyOf(groupBy);
    routes = List.copyOf(routes);
    if (groupBy.contains(ALL_LABELS) && groupBy.size() > 1) {
      throw new IllegalArgumentException(
          "group_by is '...' alone, which is all labels, or a list of labels, not " + groupBy);
    }
    between("group_wait", groupWait, Duration.ZERO);
    between("group_interval", groupInterval, LEAST);
    between("repeat_interval", repeatInterval, LEAST);
  }

  static void between(String what, Duration duration, Duration least) {
    if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s is from %ds to 30d, and not %s".formatted(what, least.toSeconds(), duration));
    }
  }

  /** Whether it takes an alert with these labels. */
  boolean takes(Map<String, String> labels) {
    return LabelMatcher.all(matchers, labels);
  }

  /** The labels of the group of an alert: those of {@link #groupBy} that it has. */
  SortedMap<String, String> group(SortedMap<String, String> labels) {
    if (groupBy.equals(List.of(ALL_LABELS))) {
      return labels;
    }
    SortedMap<String, String> group = new TreeMap<>(labels);
    group.keySet().retainAll(groupBy);
    return group;
  }
}
