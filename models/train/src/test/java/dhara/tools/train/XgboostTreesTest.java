package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.util.List;
import java.util.SplittableRandom;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XgboostTreesTest {

  private static final List<String> FEATURES = List.of("a", "b", "c", "d", "e");

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void onnxScoresAsXgboostPredictsAlsoWithMissingValues(int depth) throws XGBoostError {
    Examples learned = examples(depth, 600, 0.2);
    Examples others = examples(100 + depth, 500, 0.4);
    TreeTrainer trainer = new TreeTrainer(30, depth, 0.3, depth);

    double[] scores = trainer.learn(learned).scores(others);

    double[] predicted = predictions(trainer.boosted(learned), others);
    double spread = 0;
    for (int n = 0; n < scores.length; n++) {
      assertThat(scores[n], closeTo(predicted[n], 1e-6));
      spread = Math.max(spread, Math.abs(scores[n] - scores[0]));
    }
    assertThat(spread, greaterThan(0.1));
  }

  @Test
  void treesWithoutASplitGiveTheShareOfPositiveOnes() {
    float[][] rows = new float[200][FEATURES.size()];
    boolean[] labels = new boolean[rows.length];
    for (int n = 0; n < 50; n++) {
      labels[n] = true;
    }
    Examples same =
        new Examples(
            FEATURES,
            new String[rows.length],
            rows,
            labels,
            new String[rows.length],
            new long[rows.length]);

    double[] scores = new TreeTrainer(100, 3, 0.3, 1).learn(same).scores(same);

    assertThat(scores[0], closeTo(0.25, 0.02));
    assertThat(scores[199], is(scores[0]));
  }

  @Test
  void theSameExamplesAndSeedGiveTheSameBytesAndAnotherSeedOthers() {
    Examples examples = examples(1, 600, 0.2);

    String one = TrainedModel.sha256(new TreeTrainer(20, 3, 0.3, 1).learn(examples).bytes());

    assertThat(
        TrainedModel.sha256(new TreeTrainer(20, 3, 0.3, 1).learn(examples).bytes()), is(one));
    assertThat(
        TrainedModel.sha256(new TreeTrainer(20, 3, 0.3, 2).learn(examples).bytes()).equals(one),
        is(false));
  }

  @Test
  void whatDecidesHasTheGreatestGain() {
    TrainedModel model = new TreeTrainer(20, 3, 0.3, 1).learn(examples(1, 600, 0));

    for (String other : List.of("c", "d", "e")) {
      assertThat(model.gains().get("a"), greaterThan(model.gains().get(other)));
    }
  }

  private static double[] predictions(Booster booster, Examples examples) throws XGBoostError {
    DMatrix matrix =
        new DMatrix(examples.flat(), examples.size(), examples.features().size(), Float.NaN);
    float[][] predictions = booster.predict(matrix);
    double[] all = new double[predictions.length];
    for (int n = 0; n < all.length; n++) {
      all[n] = predictions[n][0];
    }
    matrix.dispose();
    booster.dispose();
    return all;
  }

  /** Labels that depend on the first two features, on a missing value, and on chance. */
  static Examples examples(long seed, int count, double missing) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] rows = new float[count][FEATURES.size()];
    boolean[] labels = new boolean[count];
    for (int n = 0; n < count; n++) {
      for (int f = 0; f < FEATURES.size(); f++) {
        // Whole numbers, so that many values are equal to those that trees split at.
        rows[n][f] = random.nextDouble() < missing ? Float.NaN : random.nextInt(12) * 1_000 - 500;
      }
      double odds = (rows[n][0] > 5_000 ? 2 : -2) + (Float.isNaN(rows[n][1]) ? 2 : 0);
      labels[n] = random.nextDouble() < 1 / (1 + Math.exp(-odds));
    }
    return new Examples(
        FEATURES, new String[count], rows, labels, new String[count], new long[count]);
  }
}
