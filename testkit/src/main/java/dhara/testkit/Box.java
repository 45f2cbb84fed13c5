package dhara.testkit;

import dhara.events.Event;
import dhara.options.RunningOptions;
import dhara.options.WindowOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A window of a key, for oracles: events are put into boxes, and the events of a box are counted.
 * As in the product, windows begin and end at whole milliseconds.
 */
public record Box<K>(K key, Instant start, Instant end) {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The end of windows that never end. */
  static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

  /** Puts events into the windows of {@code --window}, {@code --every} and {@code --gap}. */
  public static <K, E extends Event> Map<Box<K>, List<E>> fill(
      List<E> events, Function<E, K> key, WindowOptions options) {
    return fill(events, key, options, MINUTE);
  }

  /** The same, with another width by default. */
  public static <K, E extends Event> Map<Box<K>, List<E>> fill(
      List<E> events, Function<E, K> key, WindowOptions options, Duration unsaid) {
    return fill(events, key, options, unsaid, unsaid);
  }

  /** The same, sliding by default. */
  public static <K, E extends Event> Map<Box<K>, List<E>> fill(
      List<E> events,
      Function<E, K> key,
      WindowOptions options,
      Duration unsaid,
      Duration unsaidEvery) {
    if (options.getGap() != null) {
      return sessions(events, key, options.getGap());
    }
    Duration width = options.getWindow() == null ? unsaid : options.getWindow();
    if (options.getEvery() != null) {
      return sliding(events, key, width, options.getEvery());
    }
    return sliding(events, key, width, options.getWindow() == null ? unsaidEvery : width);
  }

  /** Puts each event into the one window that holds it. */
  public static <K, E extends Event> Map<Box<K>, List<E>> tumbling(
      List<E> events, Function<E, K> key, Duration width) {
    return sliding(events, key, width, width);
  }

  /** Puts each event into all windows that hold it. */
  public static <K, E extends Event> Map<Box<K>, List<E>> sliding(
      List<E> events, Function<E, K> key, Duration width, Duration every) {
    Map<Box<K>, List<E>> boxes = new LinkedHashMap<>();
    for (E event : events) {
      long at = event.at().toEpochMilli();
      long last = Math.floorDiv(at, every.toMillis()) * every.toMillis();
      for (long start = last; start > at - width.toMillis(); start -= every.toMillis()) {
        Instant from = Instant.ofEpochMilli(start);
        boxes
            .computeIfAbsent(
                new Box<>(key.apply(event), from, from.plus(width)), b -> new ArrayList<>())
            .add(event);
      }
    }
    return boxes;
  }

  /** Puts each event into the day, week or month of {@code --since} and {@code --timeZone}. */
  public static <K, E extends Event> Map<Box<K>, List<E>> running(
      List<E> events, Function<E, K> key, RunningOptions options) {
    ZoneId zone = ZoneId.of(options.getTimeZone());
    Map<Box<K>, List<E>> boxes = new LinkedHashMap<>();
    for (E event : events) {
      LocalDate day = event.at().atZone(zone).toLocalDate();
      LocalDate monday = day.minusDays(day.getDayOfWeek().getValue() - 1);
      LocalDate first = day.withDayOfMonth(1);
      Box<K> box =
          switch (options.getSince()) {
            case day -> days(key.apply(event), day, day.plusDays(1), zone);
            case week -> days(key.apply(event), monday, monday.plusDays(7), zone);
            case month -> days(key.apply(event), first, first.plusMonths(1), zone);
            case ever -> new Box<>(key.apply(event), Instant.EPOCH, END);
          };
      boxes.computeIfAbsent(box, b -> new ArrayList<>()).add(event);
    }
    return boxes;
  }

  private static <K> Box<K> days(K key, LocalDate from, LocalDate until, ZoneId zone) {
    return new Box<>(
        key, from.atStartOfDay(zone).toInstant(), until.atStartOfDay(zone).toInstant());
  }

  /** Puts events of a key that are less than a gap apart into one window. */
  public static <K, E extends Event> Map<Box<K>, List<E>> sessions(
      List<E> events, Function<E, K> key, Duration gap) {
    Map<K, List<E>> byKey = new HashMap<>();
    for (E event : events) {
      byKey.computeIfAbsent(key.apply(event), k -> new ArrayList<>()).add(event);
    }
    Map<Box<K>, List<E>> boxes = new LinkedHashMap<>();
    byKey.forEach(
        (k, of) -> {
          of.sort(Comparator.comparing(Event::at));
          List<E> session = new ArrayList<>();
          for (E event : of) {
            if (!session.isEmpty()
                && millis(event) >= millis(session.get(session.size() - 1)) + gap.toMillis()) {
              boxes.put(around(k, session, gap), session);
              session = new ArrayList<>();
            }
            session.add(event);
          }
          boxes.put(around(k, session, gap), session);
        });
    return boxes;
  }

  private static <K, E extends Event> Box<K> around(K key, List<E> session, Duration gap) {
    long last = millis(session.get(session.size() - 1));
    return new Box<>(
        key,
        Instant.ofEpochMilli(millis(session.get(0))),
        Instant.ofEpochMilli(last + gap.toMillis()));
  }

  private static long millis(Event event) {
    return event.at().toEpochMilli();
  }

  /** Its window as in an answer: {@code "window_start":"…","window_end":"…"}. */
  public String window() {
    return "\"window_start\":\"%s\",\"window_end\":\"%s\"".formatted(text(start), text(end));
  }

  /** Answers write times with milliseconds. */
  public static String text(Instant at) {
    return at.atOffset(ZoneOffset.UTC)
        .format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'"));
  }
}
