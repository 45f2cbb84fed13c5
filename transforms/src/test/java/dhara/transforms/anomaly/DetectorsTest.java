package dhara.transforms.anomaly;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.anomaly.Baseline.Normal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectorsTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The anomalies of values a second apart, as "second severity score". */
  private static List<String> told(Detector detector, double... values) {
    Memory memory = detector.initial();
    List<String> told = new ArrayList<>();
    for (int second = 0; second < values.length; second++) {
      Judgement judgement =
          detector.next(memory, new Sample(START.plusSeconds(second), values[second]));
      if (judgement != null && judgement.isAnomaly()) {
        told.add(
            second + " " + detector.scale().of(judgement.strength()) + " " + judgement.score());
      }
    }
    return told;
  }

  @Test
  void aThresholdTellsOfValuesBeyondItAndTheFurtherTheWorse() {
    assertThat(
        told(Threshold.above(100), 99, 100, 101, 125, 150, 199, 200),
        contains("2 LOW 1.0", "3 MEDIUM 25.0", "4 HIGH 50.0", "5 HIGH 99.0", "6 CRITICAL 100.0"));
    assertThat(
        told(Threshold.below(0, 10), 1, 0, -1, -10), contains("2 LOW 1.0", "3 CRITICAL 10.0"));
    assertThat(
        told(Threshold.outside(10, 20), 9, 10, 15, 20, 30),
        contains("0 LOW 1.0", "4 CRITICAL 10.0"));
  }

  @Test
  void severitiesBeginWhereTheScaleSays() {
    Severity.Scale scale = new Severity.Scale(1.1, 2, 3);

    assertThat(
        told(Threshold.above(100).withScale(scale), 109, 110, 200, 299, 300),
        contains("0 LOW 9.0", "1 MEDIUM 10.0", "2 HIGH 100.0", "3 HIGH 199.0", "4 CRITICAL 200.0"));
  }

  @Test
  void aValueIsComparedWithThoseBeforeItAndNotWithItself() {
    ZScore score = ZScore.beyond(3, new WindowedBaseline(4, 4));

    // Of 1, 3, 1, 3 the mean is 2 and the deviation 1; the window then is 3, 1, 3, 5.
    assertThat(told(score, 1, 3, 1, 3, 5), is(empty()));
    assertThat(told(score, 1, 3, 1, 3, 5.5), contains("4 LOW 3.5"));
    assertThat(told(score, 1, 3, 1, 3, -4), contains("4 CRITICAL -6.0"));
  }

  @Test
  void aWindowedBaselineForgetsAllButTheLastSamples() {
    WindowedBaseline baseline = new WindowedBaseline(3, 2);
    Memory memory = baseline.initial();
    List<Normal> normals = new ArrayList<>();
    for (double value : new double[] {10, 20, 30, 40, 100, 0}) {
      normals.add(baseline.next(memory, new Sample(START, value)));
    }

    assertThat(normals.subList(0, 2), contains(nullValue(), nullValue()));
    assertThat(normals.get(2), is(new Normal(15, 5)));
    assertThat(normals.get(3).mean(), is(20.0));
    assertThat(normals.get(4).mean(), is(30.0));
    assertThat(normals.get(5).mean(), closeTo(170 / 3.0, 1e-12));
  }

  @Test
  void aDecayedBaselineGivesTheLastSampleTheWeightOfAnExponentialAverage() {
    DecayedBaseline baseline = new DecayedBaseline(3, 2); // weights 1, 1/2, 1/2, 1/2
    Memory memory = baseline.initial();
    Normal normal = null;
    for (double value : new double[] {8, 16, 4, 0}) {
      normal = baseline.next(memory, new Sample(START, value));
    }

    // The mean was 8, 12, 8; the variance 0, 16, and (16 + 8 * 8 / 2) / 2.
    assertThat(normal, is(new Normal(8, Math.sqrt(24))));
  }

  @Test
  void aSeasonalBaselineComparesAnHourWithThatHourOfEarlierDaysOnly() {
    SeasonalBaseline baseline = SeasonalBaseline.hoursOfDays(2);
    Memory memory = baseline.initial();
    record Of(String at, double value) {}
    List<Normal> normals = new ArrayList<>();
    for (Of of :
        List.of(
            new Of("2026-03-01T10:15:00Z", 1),
            new Of("2026-03-01T10:45:00Z", 3),
            new Of("2026-03-01T11:00:00Z", 100),
            new Of("2026-03-02T10:00:00Z", 5),
            new Of("2026-03-03T10:59:59Z", 50),
            new Of("2026-03-03T10:59:59.900Z", 51),
            new Of("2026-03-03T11:00:00Z", 0),
            new Of("2026-03-04T10:30:00Z", 0))) {
      normals.add(baseline.next(memory, new Sample(Instant.parse(of.at), of.value)));
    }

    // On the 3rd, the 1st and 2nd have 1, 3 and 5; the hour after 11:00 has been seen on one day.
    assertThat(normals.get(3), is(nullValue()));
    assertThat(normals.get(4).mean(), is(3.0));
    assertThat(normals.get(4).deviation(), closeTo(Math.sqrt(8 / 3.0), 1e-12));
    assertThat(normals.get(5), is(normals.get(4)));
    assertThat(normals.get(6), is(nullValue()));
    // On the 4th, the 1st no longer counts.
    assertThat(normals.get(7).mean(), closeTo(106 / 3.0, 1e-12));
  }

  @Test
  void theHoursOfASeasonAreThoseOfItsTimeZone() {
    SeasonalBaseline utc =
        new SeasonalBaseline(Duration.ofHours(1), Duration.ofDays(1), 3, 1, ZoneId.of("UTC"));
    // On 2026-03-29 clocks in Berlin go forward: 9:30 is 8:30 UTC before, and 7:30 after.
    Sample before1 = new Sample(Instant.parse("2026-03-27T08:30:00Z"), 1);
    Sample before2 = new Sample(Instant.parse("2026-03-27T08:40:00Z"), 3);
    Sample after = new Sample(Instant.parse("2026-03-30T07:30:00Z"), 9);

    assertThat(last(utc, before1, before2, after), is(nullValue()));
    assertThat(
        last(utc.inZone(ZoneId.of("Europe/Berlin")), before1, before2, after),
        is(new Normal(2, 1)));
  }

  private static Normal last(Baseline baseline, Sample... samples) {
    Memory memory = baseline.initial();
    Normal normal = null;
    for (Sample sample : samples) {
      normal = baseline.next(memory, sample);
    }
    return normal;
  }

  @Test
  void aSeriesThatNeverChangedHasNoScoreUnlessALeastDeviationIsNamed() {
    ZScore score = ZScore.beyond(3, DecayedBaseline.over(10));
    double[] values = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 7.1};

    assertThat(told(score, values), is(empty()));
    assertThat(told(ZScore.beyond(3, WindowedBaseline.of(10)), values), is(empty()));
    assertThat(told(score.withLeastDeviation(1), values), contains("11 CRITICAL 7.0"));
  }

  @Test
  void aFlatLineIsToldWhenItIsTooLongAndWheneverItIsWorse() {
    FlatLine flat = FlatLine.longerThan(Duration.ofSeconds(4));

    assertThat(
        told(flat, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2),
        contains("6 MEDIUM 5.0", "7 HIGH 6.0", "9 CRITICAL 8.0"));
    assertThat(told(flat, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2), is(empty()));
    assertThat(told(flat.withTolerance(1), 1, 2, 1, 0, 2, 1), contains("5 MEDIUM 5.0"));
    assertThat(told(flat.withTolerance(1), 1, 2, 3, 3, 3, 3), is(empty()));
  }

  @Test
  void silenceIsToldWhenItIsTooLongAndWheneverItIsWorse() {
    Missing missing = Missing.longerThan(MINUTE);
    Memory memory = missing.initial();
    assertThat(missing.wakeAt(memory), is(nullValue()));
    assertThat(missing.next(memory, new Sample(START, 1)), is(nullValue()));

    List<String> told = new ArrayList<>();
    for (Instant at = missing.wakeAt(memory); at != null; at = missing.wakeAt(memory)) {
      Judgement judgement = missing.silent(memory, at);
      assertThat(judgement.isAnomaly(), is(true));
      told.add(Severity.Scale.DEFAULT.of(judgement.strength()) + " " + judgement.score());
    }

    assertThat(told, contains("LOW 60.001", "MEDIUM 75.002", "HIGH 90.003", "CRITICAL 120.004"));
    missing.next(memory, new Sample(START.plusSeconds(300), 1));
    assertThat(missing.wakeAt(memory), is(START.plusSeconds(360).plusMillis(1)));
  }

  @Test
  void aQuietDetectorTellsOnlyOfWhatIsWorseThanShortlyBefore() {
    Detector quiet = Threshold.above(100).quietFor(Duration.ofSeconds(3));

    assertThat(
        told(quiet, 110, 110, 109, 120, 130, 110, 120, 125, 110),
        contains("0 LOW 10.0", "3 LOW 20.0", "4 MEDIUM 30.0", "8 LOW 10.0"));
  }

  @Test
  void aQuietDetectorKeepsTheSilenceOfTheOther() {
    Detector quiet = Missing.longerThan(MINUTE).quietFor(Duration.ofHours(1));
    Memory memory = quiet.initial();
    quiet.next(memory, new Sample(START, 1));
    Instant first = quiet.wakeAt(memory);

    assertThat(first, is(START.plusSeconds(60).plusMillis(1)));
    assertThat(quiet.silent(memory, first).score(), is(60.001));
    // Silent for the limit again, ten minutes later: no worse than before, so it stays quiet.
    quiet.next(memory, new Sample(START.plusSeconds(600), 1));
    assertThat(quiet.silent(memory, quiet.wakeAt(memory)), is(nullValue()));
    assertThat(quiet.keep(), is(Missing.longerThan(MINUTE).keep()));
  }

  @Test
  void whatCannotBeDetectedIsRefusedWithWhatCould() {
    Map<String, Runnable> wrong =
        Map.of(
            "the span beyond a limit must be above zero",
            () -> Threshold.above(0),
            "no value is between 5.0 and 5.0",
            () -> Threshold.outside(5, 5),
            "a number of deviations above zero",
            () -> ZScore.beyond(0, DecayedBaseline.over(10)),
            "at least two samples, not 1",
            () -> DecayedBaseline.over(1),
            "a warm-up is at least two samples",
            () -> new WindowedBaseline(10, 11),
            "a period is a multiple of its slots",
            () ->
                new SeasonalBaseline(
                    Duration.ofHours(5), Duration.ofDays(1), 7, 2, ZoneId.of("UTC")),
            "a series may be silent for a while, not for PT0S",
            () -> Missing.longerThan(Duration.ZERO),
            "rising multiples of the limit",
            () -> new Severity.Scale(2, 1.5, 3),
            "a sample is a finite number, not NaN",
            () -> new Sample(START, Double.NaN));
    wrong.forEach(
        (message, making) ->
            assertThat(
                assertThrows(IllegalArgumentException.class, making::run).getMessage(),
                containsString(message)));
  }
}
