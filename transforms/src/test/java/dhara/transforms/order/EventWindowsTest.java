package dhara.transforms.order;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.order.EventWindows.Closed;
import dhara.transforms.tally.TallyFn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;

class EventWindowsTest {

  record Reading(String id, Instant at, String sensor, long value) implements Event {}

  record Sum(long value) {}

  static final TallyFn<Reading, Sum, Sum> SUM =
      TallyFn.of(Sum.class, reading -> new Sum(reading.value()));

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static EventWindows<Reading, Sum, Sum> three() {
    return EventWindows.countOrTime(3, MINUTE, SUM);
  }

  private static Reading reading(String id, String at, long value) {
    return new Reading(id, time(at), "s", value);
  }

  private static Closed<Sum> closed(
      String firstId, String start, String end, long events, boolean full, long value) {
    return new Closed<>(firstId, time(start), time(end), events, full, new Sum(value));
  }

  @Test
  void aWindowClosesAfterItsEventsOrItsTimeWhicheverComesFirst() {
    var arrivals =
        Arrivals.of(RecordCoder.of(Reading.class))
            .row("10:00:00", "10:00:30", reading("c", "10:00:30", 4))
            .row("10:00:00", "10:00:10", reading("a", "10:00:10", 1))
            .row("10:00:00", "10:00:20", reading("b", "10:00:20", 2))
            .row("10:00:20", "10:00:40", reading("d", "10:00:40", 8))
            .row("10:01:00", "10:01:39.999", reading("e", "10:01:39.999", 16))
            .row("10:01:00", "10:01:40", reading("f", "10:01:40", 32));
    PTransform<PCollection<Reading>, PCollection<Closed<Sum>>> windows =
        InOrder.perKey(Reading::sensor).fold(three());

    Closed<?>[] expected = {
      closed("a", "10:00:10", "10:00:30", 3, true, 7),
      closed("d", "10:00:40", "10:01:40", 2, false, 24),
      closed("f", "10:01:40", "10:02:40", 1, false, 32)
    };
    assertThat(arrivals.streamed(windows), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(windows), containsInAnyOrder(expected));
  }

  /** What is remembered of a window must not be dropped before its end is looked at. */
  @Test
  void aWindowWhoseEndIsWithinAMillisecondIsNotForgottenBeforeItCloses() {
    Arrivals<Reading> arrivals = Arrivals.of(RecordCoder.of(Reading.class));
    List<Closed<Sum>> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) { // each shard is looked at at moments of its own
      Reading reading = new Reading("r" + i, time("10:00:00.000500"), "s" + i, 1);
      arrivals.row("10:00:00", "10:00:00", reading);
      expected.add(closed("r" + i, "10:00:00.000500", "10:00:57.000500", 1, false, 1));
    }
    arrivals.row("10:00:05", "10:05:00", new Reading("last", time("10:05:00"), "s", 2));
    expected.add(closed("last", "10:05:00", "10:05:57", 1, false, 2));
    var windows =
        InOrder.perKey(Reading::sensor)
            .fold(EventWindows.countOrTime(3, Duration.ofSeconds(57), SUM))
            .settlingEvery(Duration.ofSeconds(10));

    assertThat(arrivals.streamed(windows), containsInAnyOrder(expected.toArray()));
  }

  @Test
  void windowsOfOneMomentAreToldApartByTheirFirstEvents() {
    List<Reading> burst =
        IntStream.range(0, 7).mapToObj(i -> reading("r" + i, "10:00:00", 1)).toList();

    assertThat(
        three().over(burst),
        contains(
            closed("r0", "10:00:00", "10:00:00", 3, true, 3),
            closed("r3", "10:00:00", "10:00:00", 3, true, 3),
            closed("r6", "10:00:00", "10:01:00", 1, false, 1)));
  }

  @Test
  void anAdaptiveWindowIsNarrowIfManyEventsComeAndWideIfFewDo() {
    EventWindows<Reading, Sum, Sum> adaptive =
        EventWindows.adaptive(Duration.ofSeconds(10), Duration.ofSeconds(60), 10, SUM);
    List<Reading> readings = new ArrayList<>();
    for (int second = 0; second < 200; second += 5) { // one in five seconds
      readings.add(new Reading("a" + second, at(second), "s", 1));
    }
    for (int second = 200; second < 260; second++) { // ten a second
      for (int i = 0; i < 10; i++) {
        readings.add(new Reading("b" + second + i, at(second), "s", 1));
      }
    }
    List<Long> widths =
        adaptive.over(readings).stream()
            .map(window -> Duration.between(window.start(), window.end()).toSeconds())
            .toList();

    // Doubled to the 50 seconds in which ten come, then halved to the least.
    assertThat(widths.subList(0, 5), contains(10L, 20L, 40L, 50L, 50L));
    assertThat(widths.get(widths.size() - 1), is(10L));
    assertThat(widths.stream().mapToLong(Long::longValue).max().getAsLong(), is(50L));
  }

  private static Instant at(int second) {
    return time("10:00:00").plusSeconds(second);
  }

  @Test
  void aSensorThatWasSilentForTheWidestWindowStartsAnew() {
    EventWindows<Reading, Sum, Sum> adaptive =
        EventWindows.adaptive(Duration.ofSeconds(10), Duration.ofSeconds(60), 10, SUM);

    assertThat(
        adaptive.over(
            List.of(
                reading("a", "10:00:00", 1),
                reading("b", "10:01:00", 1),
                reading("c", "10:02:00.001", 1))),
        contains(
            closed("a", "10:00:00", "10:00:10", 1, false, 1),
            closed("b", "10:01:00", "10:01:20", 1, false, 1),
            closed("c", "10:02:00.001", "10:02:10.001", 1, false, 1)));
  }

  /** What the windows of one key are, from their definition and without a fold. */
  static List<Closed<Sum>> naive(
      List<Reading> readings, long full, long least, long most, long events) {
    List<Reading> sorted = new ArrayList<>(readings);
    sorted.sort(Comparator.comparing(Reading::at).thenComparing(Reading::id));
    List<Closed<Sum>> windows = new ArrayList<>();
    long width = least;
    for (int i = 0; i < sorted.size(); ) {
      Reading first = sorted.get(i);
      if (i > 0 && first.at().isAfter(sorted.get(i - 1).at().plusMillis(most))) {
        width = least;
      }
      Instant end = first.at().plusMillis(width);
      int from = i;
      long sum = 0;
      while (i < sorted.size() && i - from < full && sorted.get(i).at().isBefore(end)) {
        sum += sorted.get(i++).value();
      }
      boolean isFull = i - from == full;
      Instant closed = isFull ? sorted.get(i - 1).at() : end;
      windows.add(new Closed<>(first.id(), first.at(), closed, i - from, isFull, new Sum(sum)));
      long wanted = width * events / (i - from);
      width = Math.max(least, Math.min(most, Math.max(width / 2, Math.min(2 * width, wanted))));
    }
    return windows;
  }

  @Test
  void generatedReadingsAreInTheWindowsOfTheOracle() {
    int windows = 0;
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      List<Reading> readings = new ArrayList<>();
      int span = 1 + random.nextInt(2_000);
      for (int i = 1 + random.nextInt(60); i > 0; i--) {
        Instant at = time("10:00:00").plusNanos(100_000L * random.nextInt(span * 10));
        readings.add(new Reading("r" + random.nextInt(1_000_000), at, "s", random.nextInt(100)));
      }
      Collections.shuffle(readings, random);
      long full = 1L + random.nextInt(8);
      long least = 1L + random.nextInt(100);
      long most = least + random.nextInt(400);
      long events = 1L + random.nextInt(10);

      var counted = EventWindows.countOrTime(full, Duration.ofMillis(least), SUM);
      assertThat(
          "case " + seed,
          counted.over(readings),
          is(naive(readings, full, least, least, Long.MAX_VALUE / 1_000)));
      var adaptive =
          EventWindows.adaptive(Duration.ofMillis(least), Duration.ofMillis(most), events, SUM);
      List<Closed<Sum>> expected = naive(readings, Long.MAX_VALUE, least, most, events);
      assertThat("case " + seed, adaptive.over(readings), is(expected));
      windows += expected.size();
    }
    assertThat(windows, is(greaterThan(5_000)));
  }

  @Test
  void impossibleWindowsAreRefused() {
    Map<String, Runnable> wrong =
        Map.of(
            "at least an event, not 0",
            () -> EventWindows.countOrTime(0, MINUTE, SUM),
            "at least a millisecond, but is PT0S",
            () -> EventWindows.countOrTime(1, Duration.ZERO, SUM),
            "narrower than the narrowest",
            () -> EventWindows.adaptive(MINUTE, Duration.ofSeconds(1), 1, SUM));
    wrong.forEach(
        (message, making) ->
            assertThat(
                assertThrows(IllegalArgumentException.class, making::run).getMessage(),
                containsString(message)));
  }
}
