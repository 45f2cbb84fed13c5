package dhara.tools.train;

import java.util.LinkedHashMap;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * Boosted trees by XGBoost, for the probability of a positive label (binary:logistic). One thread
 * learns, because the order of floating-point sums of several is not fixed.
 *
 * @param rounds how many trees
 * @param depth of each tree
 * @param rate how much of each tree is added
 * @param seed of the samples of rows and features that each tree sees
 */
record TreeTrainer(int rounds, int depth, double rate, long seed) implements Trainer {

  static final int ROUNDS = 200;
  static final int DEEPEST = 16;

  /** The part of rows, and of features, that each tree sees. */
  private static final double SAMPLE = 0.8;

  private static final String COUNT = "rounds";

  @Override
  public TrainedModel learn(Examples examples) {
    XgboostTrees trees;
    try {
      trees = XgboostTrees.read(json(examples));
    } catch (XGBoostError e) {
      throw new IllegalStateException("XGBoost failed: " + e.getMessage(), e);
    }
    return new TrainedModel(
        "onnx", trees.onnx(examples.features()), trees.gains(examples.features()));
  }

  private byte[] json(Examples examples) throws XGBoostError {
    Booster booster = boosted(examples);
    try {
      return booster.toByteArray("json");
    } finally {
      booster.dispose();
    }
  }

  /** The trees as XGBoost has them; the caller disposes of them. */
  Booster boosted(Examples examples) throws XGBoostError {
    DMatrix matrix =
        new DMatrix(examples.flat(), examples.size(), examples.features().size(), Float.NaN);
    try {
      matrix.setLabel(examples.targets());
      Map<String, Object> parameters = parameters();
      parameters.remove(COUNT); // an argument of its own
      return XGBoost.train(matrix, parameters, rounds, Map.of(), null, null);
    } finally {
      matrix.dispose();
    }
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("objective", "binary:logistic");
    parameters.put("tree_method", "hist");
    parameters.put("nthread", 1);
    parameters.put(COUNT, rounds);
    parameters.put("max_depth", depth);
    parameters.put("eta", rate);
    parameters.put("subsample", SAMPLE);
    parameters.put("colsample_bytree", SAMPLE);
    parameters.put("seed", seed);
    parameters.put("verbosity", 0);
    return parameters;
  }
}
