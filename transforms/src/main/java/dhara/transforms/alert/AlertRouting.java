package dhara.transforms.alert;

import dhara.transforms.alert.AlertBook.Firing;
import dhara.transforms.alert.AlertBook.Period;
import dhara.transforms.alert.AlertGroup.Member;
import dhara.transforms.alert.AlertGroup.Update;
import dhara.transforms.alert.Notification.Status;
import dhara.transforms.alert.Notification.Told;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Decides who is notified of alerts, and when, as Alertmanager does, but in event time: what is
 * sent is a function of the events of alerts and of the {@link Routes}, in a stream and in a
 * backfill.
 *
 * <p><b>In Alertmanager's terms.</b> An event goes down the tree of {@link AlertRoute routes}, and
 * on each that takes it into the group of its labels. A group is <em>flushed</em> {@code
 * group_wait} after its first event and then every {@code group_interval}. A flush leaves out
 * alerts that are inhibited or silenced at this moment, and notifies if an alert fires that the
 * receiver was not told of, if one has ended that it was told of, or if it was told {@code
 * repeat_interval} ago. Alerts that have ended leave the group with the flush. So an alert that
 * flaps between two flushes is not told again, and one that begins and ends within {@code
 * group_wait} is not told at all.
 *
 * <p><b>Where it differs</b>, because the answer must not depend on the moment of a clock:
 *
 * <ul>
 *   <li>An event at the very moment of a flush is in it. So with {@code group_wait: 0s} the alerts
 *       of one moment are one notification.
 *   <li>A repeat is sent at the first flush at which at least {@code repeat_interval} has passed;
 *       Alertmanager asks for more, which its timers always are by some milliseconds.
 *   <li>A group ends with the flush that leaves it empty, and what its receiver was told is
 *       forgotten then; Alertmanager cleans up every half a minute, and remembers for days. So an
 *       alert that ended while it was silenced is told when it begins again.
 *   <li>The severity is not part of what an alert is. If it changes, and with it the group, the
 *       alert ends in the old group and begins in the new one.
 *   <li>An event of the end of an alert that is not firing makes no group.
 *   <li>{@code resolve_timeout} is a day by default and not five minutes, because an analysis tells
 *       an alert once and does not send it again every minute.
 *   <li>A route can have a {@link AlertRoute.Limit limit}. There are no time intervals, and
 *       silences are part of the routes, so that a backfill knows them.
 * </ul>
 *
 * <p><b>The end of the events</b> is silence, in a stream and in a backfill: alerts that are still
 * firing repeat until they time out, and then end. To see what was sent until a moment, end the
 * range of a backfill there.
 *
 * <p>State: see {@link AlertBook}. An alert that is forgotten has timed out long before, so
 * forgetting changes nothing. More alerts than allowed are an error.
 *
 * @see RouteAlerts
 */
final class AlertRouting implements Fold<AlertEvent, AlertBook, RouteDecision> {

  private static final long serialVersionUID = 1L;

  /** Events of a moment come before what is due at it, so that is looked at just after it. */
  private static final Duration AFTER = Duration.of(1, ChronoUnit.MICROS);

  /**
   * After the last event the alerts time out, their groups are flushed, and then comes a summary;
   * each is at most {@link AlertRoute#LONGEST} later. It is a constant, so that a stream can be
   * restored under other routes.
   */
  private static final Duration KEEP = AlertRoute.LONGEST.multipliedBy(3).plusDays(1);

  /** The groups of which a summary counts the alerts. */
  private static final int SUMMED_UP = 1_000;

  private static final Comparator<Told> IN_ORDER =
      Comparator.comparing(Told::firing)
          .reversed()
          .thenComparing(Told::since)
          .thenComparing(Told::source)
          .thenComparing(Told::type)
          .thenComparing(told -> told.labels() == null ? "" : told.labels());

  private final Routes routes;
  private final Map<String, AlertRoute> byKey;
  private final long most;

  /**
   * Routing by these rules.
   *
   * @param most how many alerts may be in groups at once
   */
  AlertRouting(Routes routes, long most) {
    this.routes = routes;
    this.most = most;
    this.byKey = new LinkedHashMap<>();
    routes.all().forEach(route -> byKey.put(route.key(), route));
  }

  @Override
  public AlertBook initial() {
    return new AlertBook();
  }

  @Override
  public Duration keep() {
    return KEEP;
  }

  @Override
  public @Nullable Instant wakeAt(AlertBook book) {
    Instant due = book.due();
    return due == null ? null : due.plus(AFTER);
  }

  @Override
  public Instant timeOf(RouteDecision decision, Instant at) {
    return decision.at();
  }

  @Override
  public Duration earlierBy() {
    return Duration.ofMillis(1);
  }

  @Override
  public AlertBook apply(AlertBook book, AlertEvent event, Consumer<RouteDecision> out) {
    SortedMap<String, String> labels = event.all();
    String alert = event.identity();
    List<AlertRoute> taking = routes.of(labels);
    if (event.state().firing()) {
      fires(book, alert, event, labels, taking);
    } else {
      ends(book, alert, event, taking, out);
    }
    return book;
  }

  private void fires(
      AlertBook book,
      String alert,
      AlertEvent event,
      SortedMap<String, String> labels,
      List<AlertRoute> taking) {
    Firing before = book.firing().get(alert);
    Instant since = before == null ? event.at() : before.since();
    book.put(alert, new Firing(event, since, event.at().plus(routes.resolveTimeout())));
    Set<String> now = new HashSet<>();
    for (AlertRoute route : taking) {
      String of = AlertLabels.text(route.group(labels));
      String key = AlertGroup.key(route.key(), of);
      AlertGroup group = book.group(key);
      if (group == null) {
        group = new AlertGroup(route.key(), of, event.at().plus(route.groupWait()));
        book.open(group);
      }
      book.fires(group, alert, event, since);
      now.add(key);
    }
    for (AlertGroup group : book.groupsOf(alert)) {
      if (!now.contains(group.key())) {
        group.leaves(alert);
      }
    }
    if (book.members() > most) {
      throw new IllegalStateException(
          "more than %,d alerts are in groups at once at %s, the last of them %s; find out why there are so many, let fewer labels tell them apart, or allow more with withMostAlerts (--mostAlerts)"
              .formatted(most, event.at(), alert));
    }
  }

  private static void ends(
      AlertBook book,
      String alert,
      AlertEvent event,
      List<AlertRoute> taking,
      Consumer<RouteDecision> out) {
    book.remove(alert);
    Set<String> counted = new HashSet<>();
    for (AlertGroup group : book.groupsOf(alert)) {
      if (group.isFiring(alert)) {
        group.ends(alert, event);
        counted.add(group.route());
      }
    }
    for (AlertRoute route : taking) {
      if (!counted.contains(route.key())) {
        out.accept(new RouteDecision(event.at(), route.key(), RouteCounts.oneUnchanged(), null));
      }
    }
  }

  @Override
  public AlertBook wake(AlertBook book, Instant wake, Consumer<RouteDecision> out) {
    Instant at = wake.minus(AFTER);
    for (String alert : book.timeouts(at)) {
      book.remove(alert);
      book.groupsOf(alert).forEach(group -> group.leaves(alert));
    }
    List<String> summaries = book.summaries(at);
    List<String> looks = book.looks(at);
    if (summaries.isEmpty() && looks.isEmpty()) {
      return book;
    }
    Sources sources = new Sources(book);
    for (String route : summaries) {
      summary(book, route, sources, at, out);
    }
    for (String key : looks) {
      flush(book, book.group(key), sources, at, out);
    }
    return book;
  }

  /** Looks at a group. A group whose route is no longer there ends. */
  private void flush(
      AlertBook book, AlertGroup group, Sources sources, Instant at, Consumer<RouteDecision> out) {
    AlertRoute route = byKey.get(group.route());
    if (route == null) {
      List.copyOf(group.members().keySet()).forEach(group::leaves);
      book.lookedAt(group, at);
      return;
    }
    Flush flush = new Flush(book, group, sources, at);
    boolean sendResolved = routes.receivers().get(route.receiver());
    Update update = group.update(flush.firing, flush.resolved, sendResolved, route, at);
    Notification notification = null;
    boolean capped = false;
    if (update != Update.NONE) {
      group.told(flush.firing, flush.resolved, at);
      if (sendResolved || !flush.firing.isEmpty()) {
        notification = flush.notification(route, sendResolved, update == Update.REPEAT);
        capped = isCapped(book, route, group, at);
      }
    }
    RouteCounts counts = flush.counts(notification, sendResolved, capped);
    if (!counts.isNothing()) {
      out.accept(new RouteDecision(at, route.key(), counts, capped ? null : notification));
    }
    book.lookedAt(group, at.plus(route.groupInterval()));
  }

  /** Counts a notification; whether its route is at the limit. */
  private static boolean isCapped(AlertBook book, AlertRoute route, AlertGroup group, Instant at) {
    AlertRoute.Limit limit = route.limit();
    if (limit == null) {
      return false;
    }
    Period period = book.period(route.key());
    if (period == null || !at.isBefore(period.until())) {
      period = new Period(end(at, limit.per()), 0, 0, List.of());
    }
    boolean capped = period.sent() >= limit.notifications();
    book.put(route.key(), capped ? held(period, group.key()) : sent(period));
    return capped;
  }

  private static Period sent(Period period) {
    return new Period(period.until(), period.sent() + 1, period.held(), period.groups());
  }

  private static Period held(Period period, String group) {
    Set<String> groups = new TreeSet<>(period.groups());
    if (groups.size() < SUMMED_UP) {
      groups.add(group);
    }
    return new Period(period.until(), period.sent(), period.held() + 1, List.copyOf(groups));
  }

  /** The end of the period that a moment is in. */
  private static Instant end(Instant at, Duration per) {
    long millis = per.toMillis();
    return Instant.ofEpochMilli((Math.floorDiv(at.toEpochMilli(), millis) + 1) * millis);
  }

  private void summary(
      AlertBook book, String key, Sources sources, Instant at, Consumer<RouteDecision> out) {
    Period period = book.period(key);
    book.put(key, new Period(period.until(), period.sent(), 0, List.of()));
    AlertRoute route = byKey.get(key);
    if (route == null) {
      return;
    }
    SortedMap<String, Told> firing = new TreeMap<>();
    for (String of : period.groups()) {
      AlertGroup group = book.group(of);
      if (group != null) {
        group
            .members()
            .forEach(
                (alert, member) -> {
                  SortedMap<String, String> labels = book.labels(alert, member.event());
                  if (member.firing() && !sources.inhibit(labels) && !routes.silenced(labels, at)) {
                    firing.put(alert, told(member));
                  }
                });
      }
    }
    List<Told> alerts = firing.values().stream().sorted(IN_ORDER).toList();
    Notification notification =
        notification(route, "", Status.SUMMARY, false, alerts, period.held());
    out.accept(new RouteDecision(at, key, RouteCounts.oneSummary(), notification));
  }

  private static Told told(Member member) {
    AlertEvent event = member.event();
    return new Told(
        event.source(),
        event.type(),
        event.severity(),
        event.labels(),
        member.firing(),
        member.since(),
        event.value(),
        event.text());
  }

  private static Notification notification(
      AlertRoute route,
      String group,
      Status status,
      boolean repeat,
      List<Told> alerts,
      @Nullable Long held) {
    long firing = alerts.stream().filter(Told::firing).count();
    List<Told> listed = alerts.subList(0, Math.min(alerts.size(), Notification.LISTED));
    return new Notification(
        route.receiver(),
        route.key(),
        group,
        status,
        repeat,
        firing,
        alerts.size() - firing,
        held,
        List.copyOf(listed),
        alerts.size() - listed.size());
  }

  /** A look at a group: which of its alerts are kept quiet, and which are not. */
  private final class Flush {

    private final AlertGroup group;
    private final Set<String> firing = new TreeSet<>();
    private final Set<String> resolved = new TreeSet<>();
    private long inhibited;
    private long silenced;

    Flush(AlertBook book, AlertGroup group, Sources sources, Instant at) {
      this.group = group;
      group
          .members()
          .forEach(
              (alert, member) -> {
                SortedMap<String, String> labels = book.labels(alert, member.event());
                if (sources.inhibit(labels)) {
                  inhibited += member.undecided();
                } else if (routes.silenced(labels, at)) {
                  silenced += member.undecided();
                } else {
                  (member.firing() ? firing : resolved).add(alert);
                }
              });
    }

    Notification notification(AlertRoute route, boolean sendResolved, boolean repeat) {
      List<Told> alerts = new ArrayList<>();
      firing.forEach(alert -> alerts.add(told(group.members().get(alert))));
      if (sendResolved) {
        resolved.forEach(alert -> alerts.add(told(group.members().get(alert))));
      }
      alerts.sort(IN_ORDER);
      Status status = firing.isEmpty() ? Status.RESOLVED : Status.FIRING;
      return AlertRouting.notification(route, group.labels(), status, repeat, alerts, null);
    }

    /** What became of the events since the look before. */
    RouteCounts counts(@Nullable Notification notification, boolean sendResolved, boolean capped) {
      long told = notification == null ? 0 : undecided(firing);
      told += notification == null || !sendResolved ? 0 : undecided(resolved);
      long unchanged = undecided(firing) + undecided(resolved) - told;
      boolean sent = notification != null && !capped;
      long notified = sent && told > 0 ? 1 : 0;
      return new RouteCounts(
          told + unchanged + inhibited + silenced,
          notified,
          sent ? told - notified : 0,
          unchanged,
          inhibited,
          silenced,
          capped ? told : 0,
          sent ? 1 : 0,
          sent && notification.repeat() ? 1 : 0);
    }

    private long undecided(Set<String> alerts) {
      return alerts.stream().mapToLong(alert -> group.members().get(alert).undecided()).sum();
    }
  }

  /** The firing alerts that keep others quiet, by rule and by the values that must be equal. */
  private final class Sources {

    private final List<Map<List<String>, List<SortedMap<String, String>>>> byRule =
        new ArrayList<>();

    Sources(AlertBook book) {
      for (Inhibition rule : routes.inhibitions()) {
        Map<List<String>, List<SortedMap<String, String>>> byValues = new HashMap<>();
        book.firing()
            .forEach(
                (alert, firing) -> {
                  SortedMap<String, String> labels = book.labels(alert, firing.event());
                  if (rule.isSource(labels)) {
                    byValues
                        .computeIfAbsent(rule.values(labels), key -> new ArrayList<>())
                        .add(labels);
                  }
                });
        byRule.add(byValues);
      }
    }

    boolean inhibit(SortedMap<String, String> labels) {
      for (int i = 0; i < byRule.size(); i++) {
        Inhibition rule = routes.inhibitions().get(i);
        if (rule.isTarget(labels)) {
          boolean both = rule.isSource(labels);
          for (SortedMap<String, String> source :
              byRule.get(i).getOrDefault(rule.values(labels), List.of())) {
            if (!both || !rule.isTarget(source)) {
              return true;
            }
          }
        }
      }
      return false;
    }
  }
}
