package dhara.parity.nab;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import dhara.parity.nab.NabScoring.Profile;
import dhara.parity.nab.NabScoring.Total;
import dhara.parity.nab.NabSeries.Labelled;
import dhara.transforms.anomaly.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NabScoringTest {

  private static final NabScoring STANDARD = new NabScoring(Profile.STANDARD);
  private static final double DIGITS = 1e-9;

  /** A hundred samples, of which fifteen are on probation; a window of ten. */
  private static final NabSeries SERIES = series(100, new Labelled(40, 49));

  private static NabSeries series(int samples, Labelled... windows) {
    return new NabSeries(
        "made up", Collections.nCopies(samples, new Sample(Instant.EPOCH, 0)), List.of(windows));
  }

  /** Scores of 1 at these samples and else 0. */
  private static List<Double> at(int... samples) {
    List<Double> scores = new ArrayList<>(Collections.nCopies(100, 0.0));
    Arrays.stream(samples).forEach(sample -> scores.set(sample, 1.0));
    return scores;
  }

  private static double points(int... samples) {
    return STANDARD.points(SERIES, at(samples), 1);
  }

  @Test
  void theSigmoidHasThePublishedValues() {
    assertThat(NabScoring.sigmoid(-1), is(closeTo(0.98661, 5e-6)));
    assertThat(NabScoring.sigmoid(-0.5), is(closeTo(0.84828, 5e-6)));
    assertThat(NabScoring.sigmoid(0), is(0.0));
    assertThat(NabScoring.sigmoid(1), is(closeTo(-0.98661, 5e-6)));
    assertThat(NabScoring.sigmoid(3), is(-1.0));
  }

  @Test
  void theEarlierAWindowIsDetectedTheBetterAndOnlyItsFirstDetectionCounts() {
    assertThat(points(40), is(closeTo(1, DIGITS)));
    assertThat(points(45), is(closeTo(0.8597926, 1e-7))); // 0.8482836 / 0.9866143
    assertThat(points(49), is(closeTo(0.2482415, 1e-7))); // 0.2449187 / 0.9866143
    assertThat(points(45, 46, 49), is(points(45)));
  }

  @Test
  void aMissedWindowCostsItsWeightOnce() {
    assertThat(points(), is(-1.0));
    assertThat(new NabScoring(Profile.LOW_FALSE_POSITIVES).points(SERIES, at(), 1), is(-1.0));
    assertThat(new NabScoring(Profile.LOW_FALSE_NEGATIVES).points(SERIES, at(), 1), is(-2.0));
  }

  @Test
  void aFalseAlarmCostsTheMoreTheFurtherItIsBehindAWindow() {
    assertThat(points(20), is(closeTo(-1 - 0.11, DIGITS)));
    // Three samples behind a window of ten: a third of its width less one.
    assertThat(points(52), is(closeTo(-1 - 0.11 * 0.6822620, 1e-7)));
    assertThat(points(76), is(closeTo(-1 - 0.11, DIGITS)));
    assertThat(
        new NabScoring(Profile.LOW_FALSE_POSITIVES).points(SERIES, at(20, 21), 1),
        is(closeTo(-1 - 0.44, DIGITS)));
  }

  @Test
  void theFirstFifteenPercentAndAtMostThe750FirstSamplesDoNotCount() {
    assertThat(points(0, 14), is(-1.0));
    assertThat(points(15), is(closeTo(-1.11, DIGITS)));
    assertThat(NabScoring.probation(4_032), is(604));
    assertThat(NabScoring.probation(22_695), is(750));
  }

  @Test
  void nothingScoresZeroAndPerfectionAHundred() {
    List<NabSeries> series = List.of(SERIES, series(100), SERIES);
    for (Profile profile : Profile.values()) {
      NabScoring scoring = new NabScoring(profile);
      assertThat(scoring.at(1, series, List.of(at(), at(), at())).normalised(), is(0.0));
      assertThat(
          scoring.best(series, List.of(at(40), at(), at(40))).normalised(),
          is(closeTo(100, DIGITS)));
    }
    // One of two windows, halfway: (0.8597926 - 1 + 2) / (2 + 2).
    assertThat(
        STANDARD.at(1, series, List.of(at(45), at(), at())).normalised(),
        is(closeTo(46.494814, 1e-6)));
  }

  @Test
  void theBestThresholdIsOneForAllSeriesAndDetectsNothingIfThatIsBest() {
    List<Double> weak = at(20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35);
    weak.set(40, 2.0);
    Total best = STANDARD.best(List.of(SERIES, series(100)), List.of(weak, at(20)));
    assertThat(best.threshold(), is(2.0));
    assertThat(best.points(), is(closeTo(1, DIGITS)));

    Total nothing = STANDARD.best(List.of(series(100)), List.of(at(20)));
    assertThat(nothing.threshold(), is(Double.POSITIVE_INFINITY));
    assertThat(nothing.points(), is(0.0));
  }

  @Test
  void theBestOfAllThresholdsIsFoundInOnePass() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<NabSeries> series =
          List.of(
              series(100, new Labelled(20, 24 + random.nextInt(10)), new Labelled(50, 60)), SERIES);
      List<List<Double>> scores = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        scores.add(random.doubles(100).mapToObj(of -> Math.floor(30 * of)).toList());
      }
      double most = STANDARD.at(Double.POSITIVE_INFINITY, series, scores).points();
      for (double threshold = 0; threshold < 30; threshold++) {
        most = Math.max(most, STANDARD.at(threshold, series, scores).points());
      }
      Total best = STANDARD.best(series, scores);

      assertThat("case " + seed, best.points(), is(closeTo(most, DIGITS)));
      assertThat(
          "case " + seed,
          STANDARD.at(best.threshold(), series, scores).points(),
          is(closeTo(most, DIGITS)));
    }
  }
}
