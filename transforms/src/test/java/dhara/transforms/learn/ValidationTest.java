package dhara.transforms.learn;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.statistics.RankedScores;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValidationTest {

  @Test
  void figuresOfAFewExamples() {
    Validation validation = Validation.none();
    validation.add(0, true);
    validation.add(Math.log(3), true); // a probability of 3/4
    validation.add(-Math.log(3), false);
    validation.add(0, false);

    assertThat(validation.examples(), is(4L));
    assertThat(validation.positives(), is(2L));
    assertThat(validation.meanProbability(), is(closeTo(0.5, 1e-15)));
    assertThat(
        validation.logLoss(), is(closeTo(-(2 * Math.log(0.5) + 2 * Math.log(0.75)) / 4, 1e-15)));
    // Of the four pairs three are in order, and one is equal.
    assertThat(validation.auc(), is(3.5 / 4));
  }

  @Test
  void withoutExamplesOfBothKindsThereIsNoAuc() {
    Validation validation = Validation.none();
    assertThat(validation.logLoss(), is(Double.NaN));
    validation.add(0.3, true);
    assertThat(validation.auc(), is(Double.NaN));
  }

  /** Scores that are whole steps are not rounded, so nothing is lost. */
  @Test
  void theAucIsTheOneOfAllPairs() {
    SplittableRandom random = new SplittableRandom(3);
    double[] scores = new double[2_000];
    boolean[] labels = new boolean[scores.length];
    Validation validation = Validation.none();
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextInt(-512, 512) / 64.0;
      labels[i] = random.nextDouble() < Logistic.probability(scores[i] / 3);
      validation.add(scores[i], labels[i]);
    }
    validation.add(-20, false);
    validation.add(20, true);

    double[] more = Arrays.copyOf(scores, scores.length + 2);
    boolean[] moreLabels = Arrays.copyOf(labels, labels.length + 2);
    more[scores.length] = -8;
    more[scores.length + 1] = 511 / 64.0;
    moreLabels[scores.length + 1] = true;
    assertThat(validation.auc(), is(RankedScores.rocAuc(more, moreLabels)));
  }

  @Test
  void itContinuesFromItsBytes() {
    Validation whole = Validation.none();
    Validation begun = Validation.none();
    for (int i = 0; i < 10; i++) {
      whole.add(i / 7.0 - 1, i % 3 == 0);
      begun.add(i / 7.0 - 1, i % 3 == 0);
    }
    Validation continued = Validation.fromBytes(begun.toBytes());
    assertThat(continued, is(begun));
    whole.add(0.1, true);
    continued.add(0.1, true);

    assertThat(continued, is(whole));
    assertThat(continued.hashCode(), is(whole.hashCode()));
    assertThrows(IllegalArgumentException.class, () -> Validation.fromBytes(new byte[3]));
  }

  @Test
  void aCertaintyThatWasWrongCostsMuchButNotWithoutEnd() {
    assertThat(Logistic.loss(0, true), is(closeTo(34.54, 0.01)));
    assertThat(Logistic.loss(1, true), is(closeTo(0, 0)));
    assertThat(Logistic.loss(0.25, false), is(closeTo(Math.log(4 / 3.0), 1e-15)));
    assertThat(Logistic.lossAt(-30, true), is(closeTo(30, 1e-12)));
    assertThat(Logistic.lossAt(30, true), is(closeTo(Math.exp(-30), 1e-25)));
  }
}
