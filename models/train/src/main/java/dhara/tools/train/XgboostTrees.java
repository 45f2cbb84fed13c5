package dhara.tools.train;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dhara.models.onnx.OnnxFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Boosted trees for a probability, read from XGBoost's own JSON and written as ONNX.
 *
 * <p>In ONNX they are a {@code TreeEnsembleRegressor}, whose sum a {@code Sigmoid} makes a
 * probability: one input {@code features} float[n, k], one output {@code probability} float[n, 1].
 * A missing value (NaN) takes the branch that XGBoost has chosen for it. The names of the features
 * are in the metadata, as {@code features}, separated by commas.
 */
final class XgboostTrees {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String MARGIN = "margin";
  private static final int LEAF = -1;

  private final JsonNode trees;
  private final float start;

  private XgboostTrees(JsonNode trees, float start) {
    this.trees = trees;
    this.start = start;
  }

  /**
   * Reads them.
   *
   * @param json a model that XGBoost has saved as JSON
   */
  static XgboostTrees read(byte[] json) {
    JsonNode learner;
    try {
      learner = JSON.readTree(json).path("learner");
    } catch (IOException e) {
      throw new IllegalStateException("XGBoost's model is not JSON: " + e.getMessage(), e);
    }
    JsonNode trees = learner.path("gradient_booster").path("model").path("trees");
    String base = learner.path("learner_model_param").path("base_score").asText();
    if (!trees.isArray() || base.isEmpty()) {
      throw new IllegalStateException("XGBoost's model has no trees or no base_score");
    }
    // A number in older versions, a list of one in newer ones: [5E-1].
    double probability = Double.parseDouble(base.replace("[", "").replace("]", ""));
    return new XgboostTrees(trees, (float) Math.log(probability / (1 - probability)));
  }

  /** How much the splits of each feature have reduced the loss, in all trees. */
  Map<String, Double> gains(List<String> features) {
    Map<String, Double> gains = new HashMap<>();
    features.forEach(feature -> gains.put(feature, 0.0));
    for (JsonNode tree : trees) {
      for (int node : reached(tree)) {
        if (!leaf(tree, node)) {
          gains.merge(
              features.get(tree.path("split_indices").path(node).asInt()),
              tree.path("loss_changes").path(node).asDouble(),
              Double::sum);
        }
      }
    }
    return gains;
  }

  /** The nodes of a tree, each before its children; XGBoost also keeps nodes that it has pruned. */
  private static List<Integer> reached(JsonNode tree) {
    List<Integer> nodes = new ArrayList<>(List.of(0));
    for (int n = 0; n < nodes.size(); n++) {
      int node = nodes.get(n);
      if (!leaf(tree, node)) {
        nodes.add(tree.path("left_children").path(node).asInt());
        nodes.add(tree.path("right_children").path(node).asInt());
      }
    }
    return nodes;
  }

  private static boolean leaf(JsonNode tree, int node) {
    return tree.path("left_children").path(node).asInt() == LEAF;
  }

  /** A model file. */
  byte[] onnx(List<String> features) {
    return OnnxFile.of("boosted_trees", features)
        .with(ensemble())
        .with(OnnxFile.node("Sigmoid", OnnxFile.PROBABILITY, MARGIN))
        .bytes();
  }

  private NodeProto.Builder ensemble() {
    Columns columns = new Columns();
    for (int tree = 0; tree < trees.size(); tree++) {
      columns.add(tree, trees.path(tree));
    }
    NodeProto.Builder node =
        OnnxFile.node("TreeEnsembleRegressor", MARGIN, OnnxFile.FEATURES)
            .setDomain(OnnxFile.ML)
            .addAttribute(attribute("n_targets", AttributeType.INT).setI(1))
            .addAttribute(attribute("base_values", AttributeType.FLOATS).addFloats(start));
    columns.integers.forEach(
        (name, values) ->
            node.addAttribute(attribute(name, AttributeType.INTS).addAllInts(values)));
    columns.numbers.forEach(
        (name, values) ->
            node.addAttribute(attribute(name, AttributeType.FLOATS).addAllFloats(values)));
    return node.addAttribute(
        attribute("nodes_modes", AttributeType.STRINGS).addAllStrings(columns.modes));
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  /** The attributes of the operator: the nodes of all trees as columns. */
  private static final class Columns {

    private static final ByteString BRANCH = ByteString.copyFromUtf8("BRANCH_LT");
    private static final ByteString LEAVES = ByteString.copyFromUtf8("LEAF");

    private final Map<String, List<Long>> integers = new TreeMap<>();
    private final Map<String, List<Float>> numbers = new TreeMap<>();
    private final List<ByteString> modes = new ArrayList<>();

    private void add(int id, JsonNode tree) {
      for (int node : reached(tree)) {
        boolean leaf = leaf(tree, node);
        float condition = (float) tree.path("split_conditions").path(node).asDouble();
        add("nodes_treeids", id);
        add("nodes_nodeids", node);
        add("nodes_featureids", leaf ? 0 : tree.path("split_indices").path(node).asInt());
        add("nodes_truenodeids", leaf ? 0 : tree.path("left_children").path(node).asInt());
        add("nodes_falsenodeids", leaf ? 0 : tree.path("right_children").path(node).asInt());
        add(
            "nodes_missing_value_tracks_true",
            !leaf && tree.path("default_left").path(node).asBoolean() ? 1 : 0);
        add("nodes_values", leaf ? 0 : condition);
        modes.add(leaf ? LEAVES : BRANCH);
        if (leaf) {
          // XGBoost keeps the value of a leaf where an inner node has its condition.
          add("target_treeids", id);
          add("target_nodeids", node);
          add("target_ids", 0);
          add("target_weights", condition);
        }
      }
    }

    private void add(String name, long value) {
      integers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    private void add(String name, float value) {
      numbers.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }
  }
}
