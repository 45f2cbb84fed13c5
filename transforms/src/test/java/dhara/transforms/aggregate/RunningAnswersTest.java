package dhara.transforms.aggregate;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.CalendarUnit;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers in days and months of a time zone, and totals since the beginning. */
class RunningAnswersTest {

  record Shop(String name) {}

  record Total(long orders, long paise) implements Tally<Total> {
    @Override
    public Total plus(Total other) {
      return new Total(orders + other.orders, paise + other.paise);
    }
  }

  private static final Shop A = new Shop("a");
  private static final Shop B = new Shop("b");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String START = "1970-01-01T00:00:00Z";
  private static final String END = "9999-12-31T00:00:00Z";

  private static Windows days(ZoneId zone) {
    return Windows.calendar(CalendarUnit.DAY, zone).withLateness(Duration.ofHours(1));
  }

  private static Answers<KV<Shop, Long>, Shop, Long, Total, Total> totals(Windows windows) {
    return Answers.in(windows)
        .perKey(
            TallyFn.of(new Total(0, 0), paise -> new Total(1, paise), Total.class, total -> total));
  }

  private static Arrivals<KV<Shop, Long>> arrivals() {
    return Arrivals.of(KvCoder.of(RecordCoder.of(Shop.class), VarLongCoder.of()));
  }

  private static Answer<Shop, Total> answer(
      Shop shop, String start, String end, long revision, long orders, long paise) {
    return new Answer<>(shop, time(start), time(end), revision, new Total(orders, paise));
  }

  @Test
  void aDayOnWhichTheClockIsPutForwardHas23Hours() {
    var arrivals =
        arrivals()
            .row("2026-03-28T00:00:00Z", "2026-03-28T22:59:59.999Z", KV.of(A, 1L))
            .row("2026-03-28T00:00:00Z", "2026-03-28T23:00:00Z", KV.of(A, 2L))
            .row("2026-03-28T00:00:00Z", "2026-03-29T21:59:59.999Z", KV.of(A, 4L))
            .row("2026-03-28T00:00:00Z", "2026-03-29T22:00:00Z", KV.of(A, 8L));
    List<Answer<Shop, Total>> days =
        List.of(
            answer(A, "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", 0, 1, 1),
            answer(A, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 0, 2, 6),
            answer(A, "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z", 0, 1, 8));

    assertThat(arrivals.streamed(totals(days(BERLIN))), containsInAnyOrder(days.toArray()));
    assertThat(arrivals.backfilled(totals(days(BERLIN))), containsInAnyOrder(days.toArray()));
  }

  @Test
  void aDayOnWhichTheClockIsPutBackHas25Hours() {
    var arrivals =
        arrivals()
            .row("2026-10-24T00:00:00Z", "2026-10-24T21:59:59.999Z", KV.of(A, 1L))
            .row("2026-10-24T00:00:00Z", "2026-10-24T22:00:00Z", KV.of(A, 2L))
            .row("2026-10-24T00:00:00Z", "2026-10-25T22:59:59.999Z", KV.of(A, 4L))
            .row("2026-10-24T00:00:00Z", "2026-10-25T23:00:00Z", KV.of(A, 8L));
    List<Answer<Shop, Total>> days =
        List.of(
            answer(A, "2026-10-23T22:00:00Z", "2026-10-24T22:00:00Z", 0, 1, 1),
            answer(A, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 0, 2, 6),
            answer(A, "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", 0, 1, 8));

    assertThat(arrivals.streamed(totals(days(BERLIN))), containsInAnyOrder(days.toArray()));
    assertThat(arrivals.backfilled(totals(days(BERLIN))), containsInAnyOrder(days.toArray()));
  }

  @Test
  void aMonthBeginsAtMidnightInItsZone() {
    Windows months = Windows.calendar(CalendarUnit.MONTH, KOLKATA);
    var arrivals =
        arrivals()
            .row("2026-01-31T00:00:00Z", "2026-01-31T18:29:59.999Z", KV.of(A, 1L))
            .row("2026-01-31T00:00:00Z", "2026-01-31T18:30:00Z", KV.of(A, 2L))
            .row("2026-01-31T00:00:00Z", "2026-02-28T18:29:59.999Z", KV.of(A, 4L));
    List<Answer<Shop, Total>> answers =
        List.of(
            answer(A, "2025-12-31T18:30:00Z", "2026-01-31T18:30:00Z", 0, 1, 1),
            answer(A, "2026-01-31T18:30:00Z", "2026-02-28T18:30:00Z", 0, 2, 6));

    assertThat(arrivals.streamed(totals(months)), containsInAnyOrder(answers.toArray()));
    assertThat(arrivals.backfilled(totals(months)), containsInAnyOrder(answers.toArray()));
  }

  @Test
  void aLateEventRevisesTheDayUntilTheLatenessIsOver() {
    var arrivals =
        arrivals()
            .row("2026-03-29T10:00:00Z", "2026-03-29T12:00:00Z", KV.of(A, 1L))
            .row("2026-03-29T22:00:00Z", "2026-03-29T21:00:00Z", KV.of(A, 2L))
            .row("2026-03-29T22:59:59Z", "2026-03-28T23:00:00Z", KV.of(A, 4L))
            .row("2026-03-29T23:00:00Z", "2026-03-29T12:00:00Z", KV.of(A, 8L));
    String start = "2026-03-28T23:00:00Z";
    String end = "2026-03-29T22:00:00Z";

    assertThat(
        arrivals.streamed(totals(days(BERLIN))),
        containsInAnyOrder(
            answer(A, start, end, 0, 1, 1),
            answer(A, start, end, 1, 2, 3),
            answer(A, start, end, 2, 3, 7)));
    assertThat(
        arrivals.backfilled(totals(days(BERLIN))), contains(answer(A, start, end, 0, 4, 15)));
  }

  @Test
  void aRunningAnswerIsRevisedThroughTheDayAndSettlesAtItsEnd() {
    Windows running = days(KOLKATA).withEarlyAnswersEvery(SECOND);
    String start = "2026-03-01T18:30:00Z";
    String end = "2026-03-02T18:30:00Z";
    var arrivals =
        arrivals()
            .row("2026-03-01T18:30:00Z", "2026-03-01T18:30:00Z", KV.of(A, 1L))
            .pause(SECOND)
            .row("2026-03-02T02:00:00Z", "2026-03-02T02:00:00Z", KV.of(A, 2L))
            .row("2026-03-02T02:00:00Z", "2026-03-02T01:00:00Z", KV.of(B, 5L))
            .pause(SECOND)
            .pause(SECOND)
            .row("2026-03-02T18:00:00Z", "2026-03-02T18:00:00Z", KV.of(A, 4L));

    assertThat(
        arrivals.streamed(totals(running)),
        containsInAnyOrder(
            answer(A, start, end, 0, 1, 1),
            answer(A, start, end, 1, 2, 3),
            answer(B, start, end, 0, 1, 5),
            answer(A, start, end, 2, 3, 7)));
    assertThat(
        arrivals.backfilled(totals(running)),
        containsInAnyOrder(answer(A, start, end, 0, 3, 7), answer(B, start, end, 0, 1, 5)));
  }

  @Test
  void aTotalSinceEverIsRevisedWithEachUpdateAndNeverEnds() {
    Windows ever = Windows.ever().withEarlyAnswersEvery(SECOND);
    var arrivals =
        arrivals()
            .row("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", KV.of(A, 1L))
            .pause(SECOND)
            .row("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z", KV.of(A, 2L))
            .pause(SECOND)
            .pause(SECOND)
            .row("2031-01-01T00:00:00Z", "1969-07-20T20:17:40Z", KV.of(A, 4L))
            .row("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z", KV.of(B, 8L))
            .pause(SECOND)
            .pause(SECOND);

    assertThat(
        arrivals.streamed(totals(ever)),
        containsInAnyOrder(
            answer(A, START, END, 0, 1, 1),
            answer(A, START, END, 1, 2, 3),
            answer(A, START, END, 2, 3, 7),
            answer(B, START, END, 0, 1, 8)));
    assertThat(
        arrivals.backfilled(totals(ever)),
        containsInAnyOrder(answer(A, START, END, 0, 3, 7), answer(B, START, END, 0, 1, 8)));
  }

  @Test
  void aStreamThatWouldNeverAnswerIsRefused() {
    var arrivals = arrivals().row("10:00:00", "10:00:00", KV.of(A, 1L));

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> arrivals.streamed(totals(Windows.ever())));

    assertThat(refused.getMessage(), containsString("withEarlyAnswersEvery"));
    assertThat(
        arrivals.backfilled(totals(Windows.ever())), contains(answer(A, START, END, 0, 1, 1)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aStreamAndABackfillSettleOnTheSumsOfEachDate(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    var arrivals = arrivals();
    Map<List<Object>, Total> naive = new HashMap<>();
    Instant watermark = Instant.parse("2026-03-27T12:00:00Z");
    Windows windows = days(BERLIN).withEarlyAnswersEvery(SECOND);
    Lateness lateness = Lateness.of(windows);
    int revised = 0;
    for (int i = 0; i < 200; i++) {
      watermark = watermark.plusSeconds(random.nextInt(3600));
      if (random.nextInt(10) == 0) {
        arrivals.pause(SECOND);
      }
      Instant at = watermark.plusSeconds(random.nextInt(-7200, 1800));
      Shop shop = random.nextBoolean() ? A : B;
      long paise = random.nextLong(1000);
      if (lateness.late(at.toEpochMilli(), watermark.toEpochMilli())) {
        continue;
      }
      LocalDate date = LocalDate.ofInstant(at, BERLIN);
      revised += LocalDate.ofInstant(watermark, BERLIN).isAfter(date) ? 1 : 0;
      naive.merge(List.of(shop, date), new Total(1, paise), Total::plus);
      arrivals.row(watermark.toString(), at.toString(), KV.of(shop, paise));
    }
    assertThat("the table revises", revised, greaterThan(2));

    assertThat(byDate(arrivals.streamed(totals(windows))), is(naive));
    assertThat(byDate(arrivals.backfilled(totals(windows))), is(naive));
  }

  /** Of each shop and date the answer with the highest revision. */
  private static Map<List<Object>, Total> byDate(List<Answer<Shop, Total>> answers) {
    Map<List<Object>, Answer<Shop, Total>> latest = new HashMap<>();
    for (Answer<Shop, Total> answer : answers) {
      LocalDate date = LocalDate.ofInstant(answer.start(), BERLIN);
      assertThat(answer.start(), is(date.atStartOfDay(BERLIN).toInstant()));
      assertThat(answer.end(), is(date.plusDays(1).atStartOfDay(BERLIN).toInstant()));
      latest.merge(
          List.of(answer.key(), date), answer, (a, b) -> a.revision() > b.revision() ? a : b);
    }
    Map<List<Object>, Total> totals = new HashMap<>();
    latest.forEach((of, answer) -> totals.put(of, answer.value()));
    return totals;
  }
}
