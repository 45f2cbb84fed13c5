package dhara.models.onnx;

import java.util.List;

/**
 * A logistic regression as ONNX: NaN counts as zero, then a product, a sum and a sigmoid.
 *
 * @param features their names
 * @param weights one for each
 */
record LogisticOnnx(List<String> features, List<Float> weights, float bias) {

  byte[] bytes() {
    return OnnxFile.of("logistic", features)
        .with(OnnxFile.floats("weights", weights, features.size(), 1))
        .with(OnnxFile.floats("bias", List.of(bias), 1))
        .with(OnnxFile.floats("zero", List.of(0f), 1))
        .with(OnnxFile.node("IsNaN", "missing", OnnxFile.FEATURES))
        .with(OnnxFile.node("Where", "known", "missing", "zero", OnnxFile.FEATURES))
        .with(OnnxFile.node("MatMul", "product", "known", "weights"))
        .with(OnnxFile.node("Add", "sum", "product", "bias"))
        .with(OnnxFile.node("Sigmoid", OnnxFile.PROBABILITY, "sum"))
        .bytes();
  }
}
