package dhara.statistics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notANumber;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankedScoresTest {

  /** From the documentation of scikit-learn's average_precision_score and roc_auc_score. */
  @Test
  void theFiguresAreThoseOfScikitLearn() {
    double[] scores = {0.1, 0.4, 0.35, 0.8};
    boolean[] labels = {false, false, true, true};

    assertThat(RankedScores.averagePrecision(scores, labels), is(closeTo(0.8333333, 1e-7)));
    assertThat(RankedScores.rocAuc(scores, labels), is(0.75));
  }

  @Test
  void equalScoresAreOneStepWhateverTheOrderOfTheExamples() {
    double[] scores = {0.5, 0.5, 0.5, 0.5};

    for (boolean[] labels :
        new boolean[][] {{true, false, false, false}, {false, false, false, true}}) {
      assertThat(RankedScores.averagePrecision(scores, labels), is(0.25));
      assertThat(RankedScores.rocAuc(scores, labels), is(0.5));
    }
    assertThat(RankedScores.rocAuc(new double[] {0.0, -0.0}, new boolean[] {true, false}), is(0.5));
  }

  @Test
  void perfectAndReversedRankings() {
    double[] scores = {0.9, 0.8, 0.2, 0.1};

    assertThat(
        RankedScores.averagePrecision(scores, new boolean[] {true, true, false, false}), is(1.0));
    assertThat(RankedScores.rocAuc(scores, new boolean[] {true, true, false, false}), is(1.0));
    assertThat(RankedScores.rocAuc(scores, new boolean[] {false, false, true, true}), is(0.0));
    assertThat(
        RankedScores.averagePrecision(scores, new boolean[] {false, false, true, true}),
        is(closeTo((1.0 / 3 + 2.0 / 4) / 2, 1e-15)));
  }

  @Test
  void theyAreThoseOfANaiveCount() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 200; round++) {
      int size = 1 + random.nextInt(30);
      double[] scores = new double[size];
      boolean[] labels = new boolean[size];
      for (int n = 0; n < size; n++) {
        scores[n] = random.nextInt(8) / 8.0; // many ties
        labels[n] = random.nextInt(3) == 0;
      }
      labels[random.nextInt(size)] = true;

      assertThat(
          RankedScores.averagePrecision(scores, labels),
          is(closeTo(naivePrecision(scores, labels), 1e-12)));
      double auc = naiveAuc(scores, labels);
      if (!Double.isNaN(auc)) {
        assertThat(RankedScores.rocAuc(scores, labels), is(closeTo(auc, 1e-12)));
      }
    }
  }

  private static double naivePrecision(double[] scores, boolean[] labels) {
    double sum = 0;
    long positives = 0;
    for (int n = 0; n < scores.length; n++) {
      if (labels[n]) {
        double above = 0;
        double found = 0;
        for (int other = 0; other < scores.length; other++) {
          above += scores[other] >= scores[n] ? 1 : 0;
          found += scores[other] >= scores[n] && labels[other] ? 1 : 0;
        }
        sum += found / above;
        positives++;
      }
    }
    return sum / positives;
  }

  private static double naiveAuc(double[] scores, boolean[] labels) {
    double right = 0;
    double pairs = 0;
    for (int one = 0; one < scores.length; one++) {
      for (int other = 0; other < scores.length; other++) {
        if (labels[one] && !labels[other]) {
          pairs++;
          right += scores[one] > scores[other] ? 1 : scores[one] == scores[other] ? 0.5 : 0;
        }
      }
    }
    return right / pairs;
  }

  @Test
  void whatIsNotDefinedIsNotANumber() {
    assertThat(
        RankedScores.averagePrecision(new double[] {0.5}, new boolean[] {false}), is(notANumber()));
    assertThat(RankedScores.rocAuc(new double[] {0.5}, new boolean[] {true}), is(notANumber()));
  }

  @Test
  void scoresThatCannotBeRankedAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RankedScores.rocAuc(new double[] {Double.NaN}, new boolean[] {true}));
    assertThrows(
        IllegalArgumentException.class,
        () -> RankedScores.averagePrecision(new double[] {1, 0}, new boolean[] {true}));
  }
}
