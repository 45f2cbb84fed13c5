package dhara.transforms.aggregate;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.sketch.Distinct;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Last;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Totals of a shop's day so far, and of all time, in one record: the number of orders and buyers,
 * their value, and the last order.
 */
class RunningTotalsTest {

  /** A line of an order; one without items is a cancellation, and never the last order. */
  record Line(
      String id, Instant at, String order, String buyer, String city, long items, long minor)
      implements Event {}

  record City(String name) {}

  record Sums(
      Ids orders,
      Distinct buyers,
      long minor,
      @Nullable @Max Instant lastOrderAt,
      @Nullable @Last Line last) {

    static Sums of(Line line) {
      return line.items > 0
          ? new Sums(Ids.of(line.order, 1_000), Distinct.of(line.buyer), line.minor, line.at, line)
          : new Sums(Ids.NONE, Distinct.NONE, 0, null, null);
    }
  }

  record Totals(
      long orders,
      long buyers,
      long minor,
      @Nullable Instant lastOrderAt,
      @Nullable String lastOrder) {

    static Totals of(Sums sums) {
      return new Totals(
          sums.orders.count(),
          sums.buyers.count(),
          sums.minor,
          sums.lastOrderAt,
          sums.last == null ? null : sums.last.order);
    }

    static Totals naive(List<Line> all) {
      List<Line> lines = all.stream().filter(line -> line.items > 0).toList();
      Line last =
          lines.stream().max(Comparator.comparing(Line::at).thenComparing(Line::id)).orElse(null);
      return new Totals(
          lines.stream().map(Line::order).distinct().count(),
          lines.stream().map(Line::buyer).distinct().count(),
          lines.stream().mapToLong(Line::minor).sum(),
          last == null ? null : last.at,
          last == null ? null : last.order);
    }
  }

  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Answers<Line, City, Line, Sums, Totals> totals(Windows windows) {
    return Answers.in(windows)
        .perKey(
            City.class,
            line -> new City(line.city()),
            TallyFn.of(Sums.class, Sums::of, Totals.class, Totals::of));
  }

  private static List<Line> lines(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Instant at = Instant.parse("2026-03-01T16:00:00Z");
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      at = at.plusSeconds(random.nextInt(120));
      long items = random.nextInt(4);
      lines.add(
          new Line(
              "L" + random.nextInt(1_000) + "-" + i,
              at,
              "order " + random.nextInt(60),
              "buyer " + random.nextInt(30),
              items == 0 && i % 2 == 0 ? "returns only" : "city " + random.nextInt(3),
              items,
              items * random.nextLong(10_000)));
    }
    return lines;
  }

  /** Arrivals in random order, with watermarks at which everything is on time. */
  private static Arrivals<Line> arrivals(List<Line> lines, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Line> shuffled =
        lines.stream()
            .map(line -> Map.entry(line.at().plusSeconds(random.nextInt(600)), line))
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    Arrivals<Line> arrivals = Arrivals.of(RecordCoder.of(Line.class));
    for (Line line : shuffled) {
      arrivals.row(line.at().minusSeconds(600).toString(), line.at().toString(), line);
      if (random.nextInt(20) == 0) {
        arrivals.pause(SECOND);
      }
    }
    return arrivals;
  }

  private static Map<List<Object>, Totals> naive(
      List<Line> lines, Function<Line, Instant> windowStart) {
    Map<List<Object>, List<Line>> grouped = new HashMap<>();
    for (Line line : lines) {
      grouped
          .computeIfAbsent(List.of(line.city(), windowStart.apply(line)), of -> new ArrayList<>())
          .add(line);
    }
    Map<List<Object>, Totals> totals = new HashMap<>();
    grouped.forEach((of, group) -> totals.put(of, Totals.naive(group)));
    return totals;
  }

  private static Map<List<Object>, Totals> settled(List<Answer<City, Totals>> answers) {
    Map<List<Object>, Answer<City, Totals>> latest = new HashMap<>();
    for (Answer<City, Totals> a : answers) {
      latest.merge(
          List.of(a.key().name(), a.start()), a, (x, y) -> x.revision() > y.revision() ? x : y);
    }
    Map<List<Object>, Totals> totals = new HashMap<>();
    latest.forEach((of, answer) -> totals.put(of, answer.value()));
    return totals;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void totalsOfTheDaySettleOnThoseOfItsLinesInStreamsAndBackfills(long seed) {
    List<Line> lines = lines(seed);
    Map<List<Object>, Totals> naive =
        naive(
            lines,
            line -> LocalDate.ofInstant(line.at(), KOLKATA).atStartOfDay(KOLKATA).toInstant());
    assertThat("two days", naive.size(), greaterThan(4));
    Windows days =
        Windows.calendar(CalendarUnit.DAY, KOLKATA)
            .withLateness(Duration.ofMinutes(10))
            .withEarlyAnswersEvery(SECOND);
    Arrivals<Line> arrivals = arrivals(lines, seed);
    List<Answer<City, Totals>> streamed = arrivals.streamed(totals(days));

    assertThat("early answers", streamed.size(), greaterThan(naive.size()));
    assertThat(settled(streamed), is(naive));
    assertThat(settled(arrivals.backfilled(totals(days))), is(naive));
  }

  @ParameterizedTest
  @ValueSource(longs = {3})
  void totalsSinceEverSettleOnThoseOfAllLinesInStreamsAndBackfills(long seed) {
    List<Line> lines = lines(seed);
    Map<List<Object>, Totals> naive = naive(lines, line -> Instant.EPOCH);
    assertThat(naive.get(List.of("returns only", Instant.EPOCH)), is(notNullValue()));
    Windows ever = Windows.ever().withEarlyAnswersEvery(SECOND);
    Arrivals<Line> arrivals = arrivals(lines, seed);

    assertThat(settled(arrivals.streamed(totals(ever))), is(naive));
    assertThat(settled(arrivals.backfilled(totals(ever))), is(naive));
  }
}
