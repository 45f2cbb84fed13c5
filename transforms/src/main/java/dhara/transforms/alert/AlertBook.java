package dhara.transforms.alert;

import dhara.records.RecordCoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What {@link AlertRouting} remembers: the alerts that are firing, the groups that they are in, and
 * how many notifications each route has sent in its period. It also has indexes by time and by
 * alert, which are not stored but made again when it is read.
 */
final class AlertBook {

  /**
   * An alert that is firing.
   *
   * @param event its last one
   * @param since when it began
   * @param until when it times out
   */
  record Firing(AlertEvent event, Instant since, Instant until) {}

  /**
   * The notifications of a route with a limit.
   *
   * @param until the end of the period
   * @param sent how many were sent in it
   * @param held how many were held back
   * @param groups the keys of some of the groups that these are about
   */
  record Period(Instant until, long sent, long held, List<String> groups) {}

  /** What is stored. */
  private record Stored(
      Map<String, Firing> firing, List<AlertGroup.Stored> groups, Map<String, Period> periods) {}

  private final SortedMap<String, Firing> firing = new TreeMap<>();
  private final NavigableMap<String, AlertGroup> groups = new TreeMap<>();
  private final SortedMap<String, Period> periods = new TreeMap<>();

  private final NavigableMap<Instant, SortedSet<String>> timeouts = new TreeMap<>();
  private final NavigableMap<Instant, SortedSet<String>> looks = new TreeMap<>();
  private final Map<String, SortedSet<String>> groupsOf = new TreeMap<>();
  private final Map<String, SortedMap<String, String>> labelsOf = new HashMap<>();
  private long members;

  SortedMap<String, Firing> firing() {
    return firing;
  }

  void put(String alert, Firing of) {
    remove(alert);
    firing.put(alert, of);
    add(timeouts, of.until, alert);
  }

  void remove(String alert) {
    Firing before = firing.remove(alert);
    if (before != null) {
      drop(timeouts, before.until, alert);
      labelsOf.remove(alert);
    }
  }

  /** The labels of an alert by an event of it; read once while the alert fires by that event. */
  SortedMap<String, String> labels(String alert, AlertEvent event) {
    Firing fires = firing.get(alert);
    return fires != null && fires.event.equals(event)
        ? labelsOf.computeIfAbsent(alert, name -> event.all())
        : event.all();
  }

  @Nullable AlertGroup group(String key) {
    return groups.get(key);
  }

  void open(AlertGroup group) {
    groups.put(group.key(), group);
    add(looks, group.next(), group.key());
  }

  /** The groups that an alert is in. */
  List<AlertGroup> groupsOf(String alert) {
    SortedSet<String> keys = groupsOf.get(alert);
    return keys == null ? List.of() : keys.stream().map(groups::get).toList();
  }

  /** An alert begins or goes on in a group. */
  void fires(AlertGroup group, String alert, AlertEvent event, Instant since) {
    if (!group.members().containsKey(alert)) {
      members++;
      add(groupsOf, alert, group.key());
    }
    group.fires(alert, event, since);
  }

  /**
   * After a group was looked at.
   *
   * @param next when to look at it again; it ends if it is empty
   */
  void lookedAt(AlertGroup group, Instant next) {
    drop(looks, group.next(), group.key());
    for (String ended : group.lookedAt(next)) {
      members--;
      drop(groupsOf, ended, group.key());
    }
    if (group.members().isEmpty()) {
      groups.remove(group.key());
    } else {
      add(looks, next, group.key());
    }
  }

  /** How many alerts the groups have, where one in two groups counts twice. */
  long members() {
    return members;
  }

  @Nullable Period period(String route) {
    return periods.get(route);
  }

  void put(String route, Period period) {
    periods.put(route, period);
  }

  /** The earliest moment at which something is due; null for none. */
  @Nullable Instant due() {
    Instant due = timeouts.isEmpty() ? null : timeouts.firstKey();
    due = earlier(due, looks.isEmpty() ? null : looks.firstKey());
    for (Period period : periods.values()) {
      due = period.held == 0 ? due : earlier(due, period.until);
    }
    return due;
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  /** The alerts that time out at a moment. */
  List<String> timeouts(Instant at) {
    return at(timeouts, at);
  }

  /** The groups to look at at a moment. */
  List<String> looks(Instant at) {
    return at(looks, at);
  }

  /** The routes of whose held notifications a summary is due at a moment. */
  List<String> summaries(Instant at) {
    List<String> due = new ArrayList<>();
    periods.forEach(
        (route, period) -> {
          if (period.held > 0 && period.until.equals(at)) {
            due.add(route);
          }
        });
    return due;
  }

  private static List<String> at(Map<Instant, SortedSet<String>> index, Instant at) {
    SortedSet<String> due = index.get(at);
    return due == null ? List.of() : List.copyOf(due);
  }

  private static <K> void add(Map<K, SortedSet<String>> index, K at, String what) {
    index.computeIfAbsent(at, key -> new TreeSet<>()).add(what);
  }

  private static <K> void drop(Map<K, SortedSet<String>> index, K at, String what) {
    index.computeIfPresent(
        at,
        (key, all) -> {
          all.remove(what);
          return all.isEmpty() ? null : all;
        });
  }

  /** The coder. */
  static final class Form extends AtomicCoder<AlertBook> {

    private static final long serialVersionUID = 1L;

    private static final RecordCoder<Stored> STORED = RecordCoder.of(Stored.class);

    @Override
    public void encode(AlertBook book, OutputStream out) throws IOException {
      STORED.encode(
          new Stored(
              book.firing,
              book.groups.values().stream().map(AlertGroup::stored).toList(),
              book.periods),
          out);
    }

    @Override
    public AlertBook decode(InputStream in) throws IOException {
      Stored stored = STORED.decode(in);
      AlertBook book = new AlertBook();
      stored.firing.forEach(book::put);
      for (AlertGroup.Stored each : stored.groups) {
        AlertGroup group = AlertGroup.of(each);
        book.open(group);
        for (String alert : group.members().keySet()) {
          book.members++;
          add(book.groupsOf, alert, group.key());
        }
      }
      book.periods.putAll(stored.periods);
      return book;
    }
  }
}
