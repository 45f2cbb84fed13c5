package dhara.transforms.anomaly;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.anomaly.NaiveAnomalies.Told;
import dhara.transforms.order.Fold;
import dhara.transforms.order.pattern.AfterMatchSkip;
import dhara.transforms.order.pattern.Pattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

class DetectAnomaliesTest {

  record Sensor(String sensor) {}

  record About(String sensor, String detector) {}

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static DetectAnomalies<Gauge, Sensor> series() {
    return DetectAnomalies.perKey(Sensor.class, gauge -> new Sensor(gauge.sensor()), Gauge::value);
  }

  private static PTransform<PCollection<Gauge>, PCollection<Answer<About, Anomaly>>> answers(
      DetectAnomalies<Gauge, Sensor> detect) {
    return detect.answers(About.class, (sensor, detector) -> new About(sensor.sensor(), detector));
  }

  private static Arrivals<Gauge> arrivals() {
    return Arrivals.of(RecordCoder.of(Gauge.class));
  }

  private static Gauge gauge(String id, String at, double value) {
    return new Gauge(id, time(at), "s", value);
  }

  private static Answer<About, Anomaly> found(
      String detector,
      String at,
      Severity severity,
      double score,
      double value,
      @Nullable Double expected) {
    return Answer.at(
        new About("s", detector), time(at), new Anomaly(severity, score, value, expected));
  }

  private static void settles(
      DetectAnomalies<Gauge, Sensor> detect, Arrivals<Gauge> arrivals, Answer<?, ?>... expected) {
    assertThat(arrivals.streamed(answers(detect)), containsInAnyOrder(expected));
    assertThat(arrivals.backfilled(answers(detect)), containsInAnyOrder(expected));
  }

  @Test
  void aValueIsJudgedByThoseBeforeItInEventTimeWheneverTheyArrive() {
    settles(
        series()
            .by("z_score", ZScore.beyond(3, new WindowedBaseline(4, 4)))
            .by("above", Threshold.above(9))
            .withLateness(MINUTE),
        arrivals()
            .row("10:00:00", "10:00:50", gauge("e", "10:00:50", 10))
            .row("10:00:40", "10:00:20", gauge("b", "10:00:20", 3))
            .row("10:00:40", "10:00:10", gauge("a", "10:00:10", 1))
            .row("10:01:10", "10:00:40", gauge("d", "10:00:40", 3))
            .row("10:01:10", "10:00:30", gauge("c", "10:00:30", 1)),
        found("z_score", "10:00:50", Severity.CRITICAL, 8, 10, 2.0),
        found("above", "10:00:50", Severity.LOW, 1, 10, 9.0));
  }

  @Test
  void ofSeveralValuesInAMillisecondTheOneWithTheSmallestIdCounts() {
    settles(
        series().by("above", Threshold.above(100)),
        arrivals()
            .row("09:00:00", "10:00:00", gauge("b", "10:00:00", 300))
            .row("09:00:00", "10:00:00", gauge("a", "10:00:00", 110)),
        found("above", "10:00:00", Severity.LOW, 10, 110, 100.0));
  }

  @Test
  void silenceIsAnAnomalyOnceTheWatermarkIsCertainOfIt() {
    settles(
        series().by("missing", Missing.longerThan(MINUTE)),
        arrivals()
            .row("10:00:00", "10:00:00", gauge("a", "10:00:00", 7))
            .row("10:01:40", "10:01:40", gauge("b", "10:01:40", 8)),
        found("missing", "10:01:00.001", Severity.LOW, 60.001, 7, null),
        found("missing", "10:01:15.002", Severity.MEDIUM, 75.002, 7, null),
        found("missing", "10:01:30.003", Severity.HIGH, 90.003, 7, null),
        found("missing", "10:02:40.001", Severity.LOW, 60.001, 8, null),
        found("missing", "10:02:55.002", Severity.MEDIUM, 75.002, 8, null),
        found("missing", "10:03:10.003", Severity.HIGH, 90.003, 8, null),
        found("missing", "10:03:40.004", Severity.CRITICAL, 120.004, 8, null));
  }

  @Test
  void severalNumbersOfAnEventAreWatchedEachByItsDetectorsIfTheEventHasThem() {
    settles(
        series()
            .by("above", Threshold.above(100))
            .by(
                "root",
                gauge -> gauge.value() < 0 ? Double.NaN : Math.sqrt(gauge.value()),
                ZScore.beyond(2, new WindowedBaseline(2, 2))),
        arrivals()
            .row("10:00:00", "10:00:00", gauge("a", "10:00:00", 4))
            .row("10:00:00", "10:00:01", gauge("b", "10:00:01", -1))
            .row("10:00:00", "10:00:02", gauge("c", "10:00:02", 16))
            .row("10:00:00", "10:00:03", gauge("d", "10:00:03", 144)),
        found("above", "10:00:03", Severity.MEDIUM, 44, 144, 100.0),
        found("root", "10:00:03", Severity.CRITICAL, 9, 12, 3.0));
  }

  @Test
  void aSequenceThatMatchesAPatternIsAnAnomaly() {
    Pattern<Gauge> rises =
        Pattern.<Gauge>begin("start", AfterMatchSkip.skipPastLastEvent())
            .where(gauge -> true)
            .next("rises")
            .where(
                (gauge, before) -> gauge.risesFrom(before.events().get(before.events().size() - 1)))
            .times(2)
            .consecutive()
            .next("drops")
            .where((gauge, before) -> gauge.dropsFrom(before.last("rises").orElseThrow()))
            .within(MINUTE);
    settles(
        series().by("rise_and_drop", Severity.HIGH, rises).by("above", Threshold.above(4)),
        arrivals()
            .row("10:00:00", "10:00:01", gauge("a", "10:00:01", 1))
            .row("10:00:00", "10:00:02", gauge("b", "10:00:02", 2))
            .row("10:00:00", "10:00:04", gauge("d", "10:00:04", 1.5))
            .row("10:00:00", "10:00:03", gauge("c", "10:00:03", 5))
            .row("10:00:04", "10:00:05", gauge("e", "10:00:05", 1)),
        found("rise_and_drop", "10:00:04", Severity.HIGH, 4, 1.5, null),
        found("above", "10:00:03", Severity.MEDIUM, 1, 5, 4.0));
  }

  @Test
  void aSeriesStartsAnewAfterItWasNotKept() {
    DetectAnomalies<Gauge, Sensor> detect =
        series().by("z_score", ZScore.beyond(3, new WindowedBaseline(2, 2)));
    var arrivals =
        arrivals()
            .row("10:00:00", "10:00:00", gauge("a", "10:00:00", 1))
            .row("10:00:00", "10:00:01", gauge("b", "10:00:01", 3))
            .row("10:00:00", "10:01:01.001", gauge("c", "10:01:01.001", 50));

    settles(detect, arrivals, found("z_score", "10:01:01.001", Severity.CRITICAL, 48, 50, 2.0));
    settles(detect.keptFor(MINUTE), arrivals);
  }

  /** Writes and reads the state between some events, as bundles, splits and restores do. */
  private record Restored<E extends dhara.events.Event>(
      Fold<E, SeriesMemory, SeriesFold.Detected> of, Random random)
      implements Fold<E, SeriesMemory, SeriesFold.Detected> {

    private SeriesMemory maybeRestored(SeriesMemory state) {
      if (random.nextInt(4) > 0) {
        return state;
      }
      try {
        return CoderUtils.clone(new SeriesMemory.Coder(), state);
      } catch (org.apache.beam.sdk.coders.CoderException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public SeriesMemory initial() {
      return of.initial();
    }

    @Override
    public SeriesMemory apply(SeriesMemory state, E event, Consumer<SeriesFold.Detected> out) {
      return maybeRestored(of.apply(maybeRestored(state), event, out));
    }

    @Override
    public @Nullable Instant wakeAt(SeriesMemory state) {
      return of.wakeAt(state);
    }

    @Override
    public @Nullable SeriesMemory wake(
        SeriesMemory state, Instant at, Consumer<SeriesFold.Detected> out) {
      return of.wake(maybeRestored(state), at, out);
    }

    @Override
    public Duration keep() {
      return of.keep();
    }
  }

  private static List<Told> told(Collection<SeriesFold.Detected> found) {
    return found.stream()
        .map(one -> told(one.detector(), one.at(), one.anomaly()))
        .sorted()
        .toList();
  }

  private static Told told(String detector, Instant at, Anomaly anomaly) {
    Instant moment = Instant.ofEpochMilli(at.toEpochMilli());
    return new Told(detector, moment, anomaly.severity(), anomaly.score(), anomaly.expected());
  }

  private static NaiveAnomalies naive(Random random) {
    int samples = 4 + random.nextInt(20);
    long silent = 2_000L + random.nextInt(8_000);
    return new NaiveAnomalies(
        10 + random.nextInt(20),
        samples,
        2 + random.nextInt(3),
        1.03 + random.nextInt(3) * 0.5,
        1_000L * (1 + random.nextInt(5)),
        2 + random.nextInt(4),
        1 + random.nextInt(4),
        1_000L + random.nextInt(4_000),
        silent,
        1L + random.nextInt(10_000),
        2 * silent + 10 + random.nextInt(40_000));
  }

  /** Values of few sizes, so that some are equal; times with pauses, some of them long. */
  private static List<Gauge> gauges(Random random, int most) {
    List<Gauge> gauges = new ArrayList<>();
    Instant at = time("10:00:00");
    int values = 2 + random.nextInt(40);
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      int pause = random.nextInt(20);
      at =
          at.plusMillis(
              pause == 0 ? 0 : pause == 1 ? random.nextInt(60_000) : random.nextInt(1_500));
      gauges.add(
          new Gauge("g" + random.nextInt(1_000_000) + "-" + i, at, "s", random.nextInt(values)));
    }
    return gauges;
  }

  @Test
  void generatedSeriesHaveTheAnomaliesOfTheOracleInAnyOrderThroughAnyRestores() {
    Map<String, Integer> byDetector = new TreeMap<>();
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      NaiveAnomalies naive = naive(random);
      List<Gauge> gauges = gauges(random, 80);
      Collections.shuffle(gauges, random);
      Fold<Gauge, SeriesMemory, SeriesFold.Detected> fold =
          new SeriesFold<>(Gauge::value, naive.detectors(), Duration.ofMillis(naive.keepMillis()));

      List<SeriesFold.Detected> found = new Restored<>(fold, random).over(gauges);

      assertThat("case " + seed, told(found), is(naive.of(gauges)));
      assertThat("case " + seed + ", twice", found.size(), is(told(found).size()));
      Collections.shuffle(gauges, random);
      assertThat(
          "case " + seed + ", to the bit",
          new TreeSet<>(strings(fold.over(gauges))),
          is(new TreeSet<>(strings(found))));
      found.forEach(one -> byDetector.merge(one.detector(), 1, Integer::sum));
    }
    assertThat(byDetector.size(), is(7));
    byDetector.forEach((detector, times) -> assertThat(detector, times, is(greaterThan(300))));
  }

  private static List<String> strings(List<SeriesFold.Detected> found) {
    return found.stream().map(SeriesFold.Detected::toString).toList();
  }

  @Test
  void streamsAndBackfillsOfGeneratedSeriesAgreeWithTheOracle() {
    for (int seed = 0; seed < 25; seed++) {
      Random random = new Random(seed);
      NaiveAnomalies naive = naive(random);
      List<Gauge> gauges = gauges(random, 60);
      DetectAnomalies<Gauge, Sensor> detect = series();
      for (SeriesFold.Named<Gauge> named : naive.detectors()) {
        detect = detect.by(named.name(), named.detector());
      }
      var answers =
          answers(detect.keptFor(Duration.ofMillis(naive.keepMillis())).withLateness(MINUTE));
      Arrivals<Gauge> arrivals = arrivals();
      for (int from = 0; from < gauges.size(); ) {
        int to = Math.min(gauges.size(), from + 1 + random.nextInt(10));
        List<Gauge> bundle = new ArrayList<>(gauges.subList(from, to));
        Collections.shuffle(bundle, random);
        arrivals.bundle(
            bundle.stream().map(Gauge::at).min(Instant::compareTo).orElseThrow().minusSeconds(1),
            bundle,
            Gauge::at);
        from = to;
      }

      assertThat("case " + seed, tellAll(arrivals.streamed(answers)), is(naive.of(gauges)));
      assertThat("case " + seed, tellAll(arrivals.backfilled(answers)), is(naive.of(gauges)));
    }
  }

  private static List<Told> tellAll(List<Answer<About, Anomaly>> answers) {
    return answers.stream()
        .map(answer -> told(answer.key().detector(), answer.start(), answer.value()))
        .sorted()
        .toList();
  }

  @Test
  void whatCannotBeToldApartOrRememberedIsRefused() {
    Map<String, Supplier<Object>> wrong =
        Map.of(
            "two detectors are called \"above\"",
            () -> series().by("above", Threshold.above(1)).by("above", Threshold.above(2)),
            "there is no detector",
            () -> answers(series()),
            "\"missing\" looks at a series until PT2H",
            () ->
                answers(
                    series()
                        .by("missing", Missing.longerThan(Duration.ofHours(1)))
                        .keptFor(Duration.ofHours(1))));
    wrong.forEach(
        (message, making) ->
            assertThat(
                assertThrows(IllegalArgumentException.class, making::get).getMessage(),
                containsString(message)));
  }
}
