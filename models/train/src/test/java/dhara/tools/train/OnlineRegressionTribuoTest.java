package dhara.tools.train;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.transforms.learn.Ftrl;
import dhara.transforms.learn.HashedFeatures;
import dhara.transforms.learn.Logistic;
import dhara.transforms.learn.OnlineRegression;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Online learning beside Tribuo. Without λ₁ and λ₂ the steps of FTRL-proximal are those of AdaGrad,
 * <i>w ← w - α g / (β + √n)</i>, and Tribuo has AdaGrad, but not FTRL.
 */
class OnlineRegressionTribuoTest {

  private static final int FEATURES = 24;
  private static final double ALPHA = 0.3;
  private static final double BETA = 0.7;
  private static final Label YES = new Label("1");
  private static final Label NO = new Label("0");

  @Test
  void withoutRegularisationItLearnsTheWeightsOfTribuosAdaGrad() {
    Ftrl rule = new Ftrl(ALPHA, BETA, 0, 0);
    OnlineRegression model = OnlineRegression.of(FEATURES);
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> data =
        new MutableDataset<>(new SimpleDataSourceProvenance("examples", labels), labels);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      List<Integer> has =
          IntStream.range(0, FEATURES).filter(n -> random.nextInt(n + 2) == 0).boxed().toList();
      double planted = has.stream().mapToDouble(n -> n % 3 - 1).sum();
      boolean label = random.nextDouble() < Logistic.probability(planted);
      if (has.isEmpty()) {
        continue; // Tribuo takes no example without features
      }
      double unused = model.learn(rule, has, label);
      double[] ones = new double[has.size()];
      Arrays.fill(ones, 1);
      String[] names = has.stream().map(HashedFeatures::name).toArray(String[]::new);
      data.add(new ArrayExample<>(label ? YES : NO, names, ones));
    }

    LinearSGDModel tribuo = tribuo(data);
    DenseMatrix weights = tribuo.getWeightsCopy();
    int yes = tribuo.getOutputIDInfo().getID(YES);
    int no = tribuo.getOutputIDInfo().getID(NO);
    double most = 0;
    for (int n = 0; n < FEATURES; n++) {
      int id = tribuo.getFeatureIDMap().getID(HashedFeatures.name(n));
      double weight = model.weight(rule, n);
      assertThat("h" + n, weight, closeTo(weights.get(yes, id) - weights.get(no, id), 1e-9));
      most = Math.max(most, Math.abs(weight));
    }
    int bias = weights.getDimension2Size() - 1;
    assertThat(model.bias(rule), closeTo(weights.get(yes, bias) - weights.get(no, bias), 1e-9));
    assertThat(most, is(greaterThan(0.5)));
  }

  /**
   * One round over the examples in their order. Of the scores of two labels only the difference
   * counts; both take the step, in opposite directions, so each takes half of it.
   */
  private static LinearSGDModel tribuo(MutableDataset<Label> data) {
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(ALPHA / 2, BETA), 1, -1, 1);
    trainer.setShuffle(false);
    return trainer.train(data);
  }
}
