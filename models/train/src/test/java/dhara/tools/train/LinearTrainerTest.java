package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import dhara.statistics.RankedScores;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearTrainerTest {

  private static final int COUNT = 5_000;

  @Test
  void plantedWeightsAreFoundInTheUnitsOfTheFeatures() {
    Examples examples = planted();

    TrainedModel model = new LinearTrainer(30, 1).learn(examples);

    double[] scores = model.scores(examples);
    double[] planted = new double[COUNT];
    double worst = 0;
    for (int n = 0; n < COUNT; n++) {
      planted[n] = probability(examples.rows()[n]);
      worst = Math.max(worst, Math.abs(scores[n] - planted[n]));
    }
    assertThat(worst, closeTo(0, 0.1));
    // Nothing ranks better than what the labels were drawn by.
    assertThat(
        RankedScores.rocAuc(scores, examples.labels()),
        closeTo(RankedScores.rocAuc(planted, examples.labels()), 0.005));
    assertThat(model.gains().get("constant"), is(0.0));
  }

  @Test
  void theSameExamplesAndSeedGiveTheSameBytes() {
    assertThat(
        new LinearTrainer(5, 1).learn(planted()).bytes(),
        is(new LinearTrainer(5, 1).learn(planted()).bytes()));
  }

  private static double probability(float[] row) {
    double sum = -1 + (Float.isNaN(row[0]) ? 0 : 0.002 * row[0]) - 30 * row[1];
    return 1 / (1 + Math.exp(-sum));
  }

  /** One feature is in the thousands and sometimes missing, one small, and one always zero. */
  private static Examples planted() {
    SplittableRandom random = new SplittableRandom(7);
    float[][] rows = new float[COUNT][];
    boolean[] labels = new boolean[COUNT];
    for (int n = 0; n < COUNT; n++) {
      float large = random.nextInt(10) == 0 ? Float.NaN : random.nextInt(1_000);
      rows[n] = new float[] {large, (float) (random.nextDouble() / 20), 0};
      labels[n] = random.nextDouble() < probability(rows[n]);
    }
    return new Examples(
        List.of("large", "small", "constant"),
        new String[COUNT],
        rows,
        labels,
        new String[COUNT],
        new long[COUNT]);
  }
}
