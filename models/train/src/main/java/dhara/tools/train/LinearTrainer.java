package dhara.tools.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Example;
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
 * A logistic regression, by Tribuo's stochastic gradient descent. Features are divided by their
 * root mean square, and the weights in the file are for features that are not. A missing value adds
 * nothing, as in the format.
 *
 * @param rounds how often it goes through the rows
 * @param seed of the order in which it does
 */
record LinearTrainer(int rounds, long seed) implements Trainer {

  static final int ROUNDS = 20;

  /** Tribuo tells of each training. */
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  private static final ObjectMapper JSON = new ObjectMapper();
  static final Label POSITIVE = new Label("1");
  static final Label NEGATIVE = new Label("0");
  private static final double RATE = 0.1;
  private static final double STABLE = 1e-6;

  @Override
  public TrainedModel learn(Examples examples) {
    double[] scales = scales(examples);
    LinearSGDModel model = model(examples, scales);
    DenseMatrix weights = model.getWeightsCopy();
    int positive = model.getOutputIDInfo().getID(POSITIVE);
    int negative = model.getOutputIDInfo().getID(NEGATIVE);
    ObjectNode json = JSON.createObjectNode();
    ArrayNode names = json.putArray("features");
    int last = weights.getDimension2Size() - 1;
    json.put("bias", weights.get(positive, last) - weights.get(negative, last));
    ArrayNode all = json.putArray("weights");
    Map<String, Double> gains = new HashMap<>();
    for (int n = 0; n < scales.length; n++) {
      String feature = examples.features().get(n);
      int id = model.getFeatureIDMap().getID(feature);
      // The softmax of two labels is the logistic function of the difference of their scores. A
      // feature that is always missing is not known.
      double scaled = id < 0 ? 0 : weights.get(positive, id) - weights.get(negative, id);
      names.add(feature);
      all.add(scaled / scales[n]);
      gains.put(feature, Math.abs(scaled));
    }
    return new TrainedModel("linear", TrainedModel.utf8(json + "\n"), gains);
  }

  /** The model as Tribuo has it. */
  LinearSGDModel model(Examples examples, double[] scales) {
    TRIBUO.setLevel(Level.WARNING);
    LabelFactory labels = new LabelFactory();
    MutableDataset<Label> data =
        new MutableDataset<>(new SimpleDataSourceProvenance("examples", labels), labels);
    for (int row = 0; row < examples.size(); row++) {
      data.add(
          example(
              examples.labels()[row] ? POSITIVE : NEGATIVE,
              examples.features(),
              examples.rows()[row],
              scales));
    }
    return new LinearSGDTrainer(new LogMulticlass(), new AdaGrad(RATE, STABLE), rounds, -1, seed)
        .train(data);
  }

  /** A row as Tribuo takes it: the values that it has, with their names. */
  static Example<Label> example(Label label, List<String> names, float[] row, double[] scales) {
    String[] present = new String[row.length];
    double[] values = new double[row.length];
    int count = 0;
    for (int n = 0; n < row.length; n++) {
      if (!Float.isNaN(row[n])) {
        present[count] = names.get(n);
        values[count++] = row[n] / scales[n];
      }
    }
    if (count == 0) { // Tribuo takes no example without features
      present[count] = names.get(0);
      values[count++] = 0;
    }
    return new ArrayExample<>(label, Arrays.copyOf(present, count), Arrays.copyOf(values, count));
  }

  /** The root mean square of each feature; 1 if it is always zero or missing. */
  static double[] scales(Examples examples) {
    double[] sums = new double[examples.features().size()];
    for (float[] row : examples.rows()) {
      for (int n = 0; n < sums.length; n++) {
        sums[n] += Float.isNaN(row[n]) ? 0 : (double) row[n] * row[n];
      }
    }
    return Arrays.stream(sums).map(sum -> sum > 0 ? Math.sqrt(sum / examples.size()) : 1).toArray();
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("objective", "logistic");
    parameters.put("optimiser", "AdaGrad");
    parameters.put("rate", RATE);
    parameters.put("rounds", rounds);
    parameters.put("seed", seed);
    return parameters;
  }
}
