package dhara.models.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.auto.service.AutoService;
import dhara.formats.text.CsvLine;
import dhara.transforms.model.BadModel;
import dhara.transforms.model.Model;
import dhara.transforms.model.ModelFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Models in ONNX, which the ONNX runtime scores. A model has one input {@code features}, float of
 * [rows, features], and an output {@code probability}, float of [rows, 1]. Its metadata property
 * {@code features} has the names of the features, in order, with commas between them. A missing
 * value is NaN.
 *
 * <p>The runtime scores in the thread that asks, without threads of its own: the workers of an
 * engine are as many as the cores already, and a row has the same bits whatever it is batched with.
 */
@AutoService(ModelFormat.class)
public final class OnnxFormat implements ModelFormat {

  static final String FEATURES = "features";
  static final String PROBABILITY = "probability";

  @Override
  public String extension() {
    return "onnx";
  }

  @Override
  public Model read(byte[] bytes) {
    OrtEnvironment environment = OnnxRuntime.environment();
    OrtSession session;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(bytes, options);
    } catch (OrtException e) {
      throw new BadModel("the ONNX runtime cannot read the model: " + e.getMessage(), e);
    }
    boolean usable = false;
    try {
      List<String> features = features(session);
      check(session.getInputInfo(), FEATURES, features.size());
      check(session.getOutputInfo(), PROBABILITY, 1);
      if (session.getInputInfo().size() > 1) {
        throw new BadModel("the model has other inputs than " + FEATURES);
      }
      usable = true;
      return new OnnxModel(environment, session, features);
    } catch (OrtException e) {
      throw new BadModel("the ONNX runtime cannot describe the model: " + e.getMessage(), e);
    } finally {
      if (!usable) {
        close(session);
      }
    }
  }

  private static List<String> features(OrtSession session) throws OrtException {
    String names =
        session
            .getMetadata()
            .getCustomMetadataValue(FEATURES)
            .orElseThrow(
                () ->
                    new BadModel(
                        "the model has no metadata property features with the names of its"
                            + " features"));
    List<String> features = CsvLine.texts(names, ',');
    if (new LinkedHashSet<>(features).size() < features.size() || features.contains("")) {
      throw new BadModel("the names of features are not empty, and each is there once: " + names);
    }
    return features;
  }

  /** Checks that there is a tensor of floats with so many columns. */
  private static void check(Map<String, NodeInfo> nodes, String name, int columns) {
    NodeInfo node = nodes.get(name);
    if (node == null
        || !(node.getInfo() instanceof TensorInfo tensor)
        || tensor.type != OnnxJavaType.FLOAT
        || tensor.getShape().length != 2
        || tensor.getShape()[1] != columns) {
      throw new BadModel(
          "the model has no %s of the type float[rows, %d], but %s"
              .formatted(name, columns, nodes.values()));
    }
  }

  static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the ONNX runtime cannot close a model", e);
    }
  }
}
