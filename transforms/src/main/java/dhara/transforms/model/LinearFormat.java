package dhara.transforms.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.auto.service.AutoService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Logistic regressions, as one JSON object: {@code {"features":["amount","age"],"bias":-1.5,
 * "weights":[0.25,0.5]}}. The probability is 1 / (1 + exp(-(bias + Σ weight · value))); a value
 * that is missing adds nothing.
 */
@AutoService(ModelFormat.class)
public final class LinearFormat implements ModelFormat {

  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public String extension() {
    return "linear";
  }

  @Override
  public Model read(byte[] bytes) {
    try (JsonParser json = JSON.createParser(bytes)) {
      return read(json);
    } catch (IOException e) {
      throw new BadModel("a linear model is a JSON object, and this is not JSON", e);
    }
  }

  private static Model read(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new BadModel("a linear model is a JSON object, and this is none");
    }
    List<String> features = null;
    Double bias = null;
    List<Double> weights = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "features" -> features = texts(json);
        case "bias" -> bias = number("bias", json);
        case "weights" -> weights = numbers(json);
        default -> throw new BadModel("a linear model has no field " + name);
      }
    }
    if (json.nextToken() != null) {
      throw new BadModel("something comes after the linear model");
    }
    return model(features, bias, weights);
  }

  private static Model model(
      @Nullable List<String> features, @Nullable Double bias, @Nullable List<Double> weights) {
    if (features == null || bias == null || weights == null) {
      throw new BadModel("a linear model has the fields features, bias and weights");
    }
    if (features.size() != weights.size() || features.isEmpty()) {
      throw new BadModel(
          "a linear model has a weight for each feature, but there are %d weights for %d features"
              .formatted(weights.size(), features.size()));
    }
    if (new LinkedHashSet<>(features).size() < features.size()) {
      throw new BadModel("a linear model has each feature once");
    }
    return new Linear(
        List.copyOf(features), bias, weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static List<String> texts(JsonParser json) throws IOException {
    array("features", json);
    List<String> texts = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw new BadModel("features are names");
      }
      texts.add(json.getText());
    }
    return texts;
  }

  private static List<Double> numbers(JsonParser json) throws IOException {
    array("weights", json);
    List<Double> numbers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      numbers.add(number("a weight", json));
    }
    return numbers;
  }

  private static void array(String name, JsonParser json) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new BadModel(name + " is an array");
    }
  }

  private static double number(String what, JsonParser json) throws IOException {
    if (!json.currentToken().isNumeric() || !Double.isFinite(json.getDoubleValue())) {
      throw new BadModel(what + " is a finite number");
    }
    return json.getDoubleValue();
  }

  private static final class Linear implements Model {

    private final List<String> features;
    private final double bias;
    private final double[] weights;

    private Linear(List<String> features, double bias, double[] weights) {
      this.features = features;
      this.bias = bias;
      this.weights = weights;
    }

    @Override
    public List<String> features() {
      return features;
    }

    @Override
    public void score(float[][] rows, int count, double[] into) {
      for (int n = 0; n < count; n++) {
        into[n] = score(rows[n]);
      }
    }

    private double score(float[] row) {
      double sum = bias;
      for (int n = 0; n < weights.length; n++) {
        if (!Float.isNaN(row[n])) {
          sum += weights[n] * row[n];
        }
      }
      // Math.exp may differ in its last bit from one machine to another; StrictMath.exp does not.
      return 1 / (1 + StrictMath.exp(-sum));
    }

    @Override
    public void close() {}
  }
}
