package dhara.transforms.alert;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The alerts that are notified about together, and what their receiver was told last. */
final class AlertGroup {

  /**
   * An alert in a group.
   *
   * @param event its last one
   * @param since when it began
   * @param firing whether it has not ended
   * @param undecided how many of its events have come since the group was last looked at
   */
  record Member(AlertEvent event, Instant since, boolean firing, long undecided) {

    Member ended() {
      return new Member(event, since, false, undecided);
    }

    Member decided() {
      return new Member(event, since, firing, 0);
    }
  }

  /**
   * A group as it is stored.
   *
   * @param toldFiring the alerts that were firing in the last notification
   * @param toldResolved those that had ended in it
   * @param toldAt when it was sent; null if there was none
   * @param next when the group is looked at
   */
  record Stored(
      String route,
      String labels,
      Map<String, Member> members,
      List<String> toldFiring,
      List<String> toldResolved,
      @Nullable Instant toldAt,
      Instant next) {}

  private final String route;
  private final String labels;
  private final NavigableMap<String, Member> members = new TreeMap<>();
  private Set<String> toldFiring = new TreeSet<>();
  private Set<String> toldResolved = new TreeSet<>();
  private @Nullable Instant toldAt;
  private Instant next;

  AlertGroup(String route, String labels, Instant next) {
    this.route = route;
    this.labels = labels;
    this.next = next;
  }

  static AlertGroup of(Stored stored) {
    AlertGroup group = new AlertGroup(stored.route, stored.labels, stored.next);
    group.members.putAll(stored.members);
    group.toldFiring.addAll(stored.toldFiring);
    group.toldResolved.addAll(stored.toldResolved);
    group.toldAt = stored.toldAt;
    return group;
  }

  Stored stored() {
    return new Stored(
        route, labels, members, List.copyOf(toldFiring), List.copyOf(toldResolved), toldAt, next);
  }

  static String key(String route, String labels) {
    return route + ":{" + labels + "}";
  }

  String key() {
    return key(route, labels);
  }

  String route() {
    return route;
  }

  String labels() {
    return labels;
  }

  Instant next() {
    return next;
  }

  SortedMap<String, Member> members() {
    return members;
  }

  boolean isFiring(String alert) {
    Member member = members.get(alert);
    return member != null && member.firing;
  }

  /** An event of an alert that begins or goes on. */
  void fires(String alert, AlertEvent event, Instant since) {
    Member before = members.get(alert);
    members.put(alert, new Member(event, since, true, 1 + (before == null ? 0 : before.undecided)));
  }

  /** The event of the end of an alert. */
  void ends(String alert, AlertEvent event) {
    Member before = members.get(alert);
    members.put(alert, new Member(event, before.since, false, 1 + before.undecided));
  }

  /** An alert ends here without an event: it timed out, or went to another group. */
  void leaves(String alert) {
    members.computeIfPresent(alert, (name, member) -> member.ended());
  }

  /**
   * Whether there is something to tell; the rule is that of Alertmanager's notification log.
   *
   * @param firing the alerts that are firing, without those that are kept quiet
   * @param resolved those that have ended, without those that are kept quiet
   */
  Update update(
      Set<String> firing, Set<String> resolved, boolean sendResolved, AlertRoute of, Instant at) {
    if (firing.isEmpty() && resolved.isEmpty()) {
      return Update.NONE;
    } else if (toldAt == null) {
      return firing.isEmpty() ? Update.NONE : Update.NEWS;
    } else if (!toldFiring.containsAll(firing)) {
      return Update.NEWS;
    } else if (firing.isEmpty()) {
      return toldFiring.isEmpty() ? Update.NONE : Update.NEWS;
    } else if (sendResolved && !toldResolved.containsAll(resolved)) {
      return Update.NEWS;
    }
    return at.isBefore(toldAt.plus(of.repeatInterval())) ? Update.NONE : Update.REPEAT;
  }

  /** What a group has to tell. */
  enum Update {
    NONE,
    NEWS,
    REPEAT
  }

  /** The receiver has been told of these alerts. */
  void told(Set<String> firing, Set<String> resolved, Instant at) {
    toldFiring = firing;
    toldResolved = resolved;
    toldAt = at;
  }

  /**
   * Forgets the alerts that have ended, and what became of the events of the others.
   *
   * @return the alerts that were forgotten
   */
  List<String> lookedAt(Instant newNext) {
    List<String> ended = new ArrayList<>();
    members.forEach(
        (alert, member) -> {
          if (!member.firing) {
            ended.add(alert);
          }
        });
    ended.forEach(members::remove);
    members.replaceAll((alert, member) -> member.undecided == 0 ? member : member.decided());
    next = newNext;
    return ended;
  }
}
