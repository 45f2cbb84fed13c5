package dhara.tools.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.models.onnx.OnnxFile;
import dhara.models.onnx.OnnxFormat;
import dhara.transforms.model.LinearFormat;
import dhara.transforms.model.Model;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.tribuo.Example;
import org.tribuo.Prediction;
import org.tribuo.classification.Label;
import org.tribuo.classification.sgd.linear.LinearSGDModel;

/**
 * The comparison of predictors in docs/models.md: {@code -Ddhara.figures=true} prints how many rows
 * each scores in a second of one core, and in how many rows its bits depend on the batch or the
 * run. All have the same rows as arrays of numbers, and score in the thread that asks.
 *
 * <p>Speed is printed and not asserted. It is processor time of the thread, so that other load on
 * the machine matters less; predictors and batches take turns, and the fastest of five rounds
 * counts.
 */
@EnabledIfSystemProperty(named = "dhara.figures", matches = "true")
class PredictorFiguresTest {

  private static final int[] BATCHES = {1, 32, 256};

  /** A multiple of each batch. */
  private static final int ROWS = 4_096;

  /** As many as fraud has. */
  private static final int FEATURES = 19;

  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 300_000_000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> NAMES =
      IntStream.range(0, FEATURES).mapToObj(n -> "f" + n).toList();

  /** Scores rows, those of a batch together. */
  @FunctionalInterface
  private interface Predictor {
    void score(float[][] rows, double[] into) throws XGBoostError;
  }

  @Test
  void speedAndDeterminism() throws XGBoostError {
    Examples learned = examples(1, 20_000);
    Examples asked = examples(2, ROWS);
    TreeTrainer trees = new TreeTrainer(TreeTrainer.ROUNDS, 4, 0.1, 1);
    LinearTrainer line = new LinearTrainer(5, 1);
    Booster booster = trees.boosted(learned);
    byte[] onnx = trees.learn(learned).bytes();
    byte[] linear = line.learn(learned).bytes();
    double[] scales = LinearTrainer.scales(learned);
    LinearSGDModel tribuo = line.model(learned, scales);

    Map<String, List<Predictor>> predictors = new LinkedHashMap<>();
    predictors.put("trees, ONNX runtime", twice(() -> of(new OnnxFormat().read(onnx))));
    predictors.put("trees, XGBoost, matrix", twice(() -> matrix(booster)));
    predictors.put("trees, XGBoost, in place", twice(() -> inPlace(booster)));
    predictors.put("linear, own format", twice(() -> of(new LinearFormat().read(linear))));
    predictors.put(
        "linear, ONNX runtime", twice(() -> of(new OnnxFormat().read(logistic(linear)))));
    predictors.put("linear, Tribuo", twice(() -> of(tribuo, scales)));

    Map<String, double[]> fastest = new LinkedHashMap<>();
    predictors.keySet().forEach(name -> fastest.put(name, new double[BATCHES.length]));
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, List<Predictor>> each : predictors.entrySet()) {
        double[] most = fastest.get(each.getKey());
        for (int b = 0; b < BATCHES.length; b++) {
          most[b] = Math.max(most[b], perSecond(each.getValue().get(0), asked, BATCHES[b]));
        }
      }
    }
    System.err.printf("| thousand rows per second and core, in batches of | 1 | 32 | 256 |%n");
    System.err.printf("| --- | --: | --: | --: |%n");
    fastest.forEach(
        (name, most) ->
            System.err.printf(
                "| %s | %,.0f | %,.0f | %,.0f |%n",
                name, most[0] / 1e3, most[1] / 1e3, most[2] / 1e3));
    for (Map.Entry<String, List<Predictor>> each : predictors.entrySet()) {
      int differ = differing(each.getValue(), asked);
      System.err.printf(
          "%s: %d of %,d rows have other bits in another batch or run%n",
          each.getKey(), differ, ROWS);
      if (!each.getKey().contains("XGBoost") && !each.getKey().contains("Tribuo")) {
        assertThat(each.getKey(), differ, is(0));
      }
    }
    booster.dispose();
  }

  /** A predictor that is made twice from the same bytes, as by two processes. */
  private static List<Predictor> twice(Supplier<Predictor> made) {
    return List.of(made.get(), made.get());
  }

  private static Predictor of(Model model) {
    return (rows, into) -> model.score(rows, rows.length, into);
  }

  private static Predictor matrix(Booster booster) {
    return (rows, into) -> {
      DMatrix matrix = new DMatrix(flat(rows), rows.length, FEATURES, Float.NaN);
      try {
        first(booster.predict(matrix), into);
      } finally {
        matrix.dispose();
      }
    };
  }

  private static Predictor inPlace(Booster booster) {
    return (rows, into) ->
        first(booster.inplace_predict(flat(rows), rows.length, FEATURES, Float.NaN), into);
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * FEATURES];
    for (int n = 0; n < rows.length; n++) {
      System.arraycopy(rows[n], 0, flat, n * FEATURES, FEATURES);
    }
    return flat;
  }

  private static void first(float[][] predicted, double[] into) {
    for (int n = 0; n < predicted.length; n++) {
      into[n] = predicted[n][0];
    }
  }

  private static Predictor of(LinearSGDModel model, double[] scales) {
    return (rows, into) -> {
      List<Example<Label>> examples = new ArrayList<>(rows.length);
      for (float[] row : rows) {
        examples.add(LinearTrainer.example(LinearTrainer.NEGATIVE, NAMES, row, scales));
      }
      List<Prediction<Label>> predictions = model.predict(examples);
      for (int n = 0; n < rows.length; n++) {
        into[n] =
            predictions.get(n).getOutputScores().get(LinearTrainer.POSITIVE.getLabel()).getScore();
      }
    };
  }

  /** The linear model as ONNX. */
  private static byte[] logistic(byte[] linear) {
    JsonNode json;
    try {
      json = JSON.readTree(new String(linear, UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    List<Float> weights = new ArrayList<>();
    json.get("weights").forEach(weight -> weights.add(weight.floatValue()));
    return OnnxFile.of("logistic", NAMES)
        .with(OnnxFile.floats("weights", weights, FEATURES, 1))
        .with(OnnxFile.floats("bias", List.of(json.get("bias").floatValue()), 1))
        .with(OnnxFile.floats("zero", List.of(0f), 1))
        .with(OnnxFile.node("IsNaN", "missing", OnnxFile.FEATURES))
        .with(OnnxFile.node("Where", "known", "missing", "zero", OnnxFile.FEATURES))
        .with(OnnxFile.node("MatMul", "product", "known", "weights"))
        .with(OnnxFile.node("Add", "sum", "product", "bias"))
        .with(OnnxFile.node("Sigmoid", OnnxFile.PROBABILITY, "sum"))
        .bytes();
  }

  private static double perSecond(Predictor predictor, Examples examples, int batch)
      throws XGBoostError {
    float[][][] batches = batches(examples, batch);
    double[] into = new double[batch];
    long start = THREADS.getCurrentThreadCpuTime();
    long rows = 0;
    long nanos;
    do {
      // The clock of a thread costs as much as some rows.
      for (int n = 0; n < Math.max(1, 64 / batch); n++) {
        predictor.score(batches[(int) (rows / batch % batches.length)], into);
        rows += batch;
      }
      nanos = THREADS.getCurrentThreadCpuTime() - start;
    } while (nanos < ROUND_NANOS);
    return rows * 1e9 / nanos;
  }

  private static float[][][] batches(Examples examples, int batch) {
    float[][][] batches = new float[ROWS / batch][][];
    for (int n = 0; n < batches.length; n++) {
      batches[n] = Arrays.copyOfRange(examples.rows(), n * batch, (n + 1) * batch);
    }
    return batches;
  }

  /** How many rows have not the same bits in all batches, runs and predictors. */
  private static int differing(List<Predictor> same, Examples examples) throws XGBoostError {
    boolean[] differs = new boolean[ROWS];
    double[] expected = null;
    for (Predictor predictor : same) {
      for (int batch : BATCHES) {
        double[] scores = new double[ROWS];
        double[] into = new double[batch];
        float[][][] batches = batches(examples, batch);
        for (int n = 0; n < batches.length; n++) {
          predictor.score(batches[n], into);
          System.arraycopy(into, 0, scores, n * batch, batch);
        }
        expected = expected == null ? scores : expected;
        for (int n = 0; n < ROWS; n++) {
          differs[n] |= Double.doubleToLongBits(scores[n]) != Double.doubleToLongBits(expected[n]);
        }
      }
    }
    int count = 0;
    for (boolean differ : differs) {
      count += differ ? 1 : 0;
    }
    return count;
  }

  private static Examples examples(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[][] rows = new float[count][FEATURES];
    boolean[] labels = new boolean[count];
    for (int n = 0; n < count; n++) {
      double odds = -3;
      for (int f = 0; f < FEATURES; f++) {
        boolean missing = random.nextInt(10) == 0;
        rows[n][f] = missing ? Float.NaN : (float) random.nextDouble(-4, 4);
        odds += missing ? 0 : Math.abs(rows[n][f]) > 3 ? f % 4 : rows[n][f] / 4;
      }
      labels[n] = random.nextDouble() < 1 / (1 + Math.exp(-odds));
    }
    return new Examples(NAMES, new String[count], rows, labels, new String[count], new long[count]);
  }
}
