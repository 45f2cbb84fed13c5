package dhara.pipelines.media.learning;

import java.util.List;

/**
 * A model at the end of an hour: its probability is 1 / (1 + exp(-(bias + Σ weights))), over the
 * weights of the features that an impression has. These are the fields of a model in the format
 * {@code linear}.
 *
 * @param examples how many it has learned from
 * @param features the names of those whose weight is not zero, in the order of their numbers
 * @param bias what all impressions have
 * @param weights one for each of the features
 */
public record LearnedWeights(
    long examples, List<String> features, double bias, List<Double> weights) {

  public LearnedWeights {
    features = List.copyOf(features);
    weights = List.copyOf(weights);
  }

  /** The model as JSON. */
  String json() {
    StringBuilder json = new StringBuilder("{\"features\":[");
    for (int i = 0; i < features.size(); i++) {
      json.append(i == 0 ? "\"" : ",\"").append(features.get(i)).append('"');
    }
    json.append("],\"bias\":").append(bias).append(",\"weights\":[");
    for (int i = 0; i < weights.size(); i++) {
      json.append(i == 0 ? "" : ",").append(weights.get(i));
    }
    return json.append("]}").toString();
  }
}
