package dhara.models.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dhara.transforms.model.BadModel;
import dhara.transforms.model.Model;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session of the ONNX runtime. Rows go to it through one direct buffer, which is used again. */
final class OnnxModel implements Model {

  private static final Set<String> ASKED = Set.of(OnnxFormat.PROBABILITY);

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final List<String> features;
  private FloatBuffer values;

  OnnxModel(OrtEnvironment environment, OrtSession session, List<String> features) {
    this.environment = environment;
    this.session = session;
    this.features = features;
    this.values = direct(features.size());
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public List<String> features() {
    return features;
  }

  @Override
  public void score(float[][] rows, int count, double[] into) {
    if (count == 0) {
      return;
    }
    int size = Math.multiplyExact(count, features.size());
    if (values.capacity() < size) {
      values = direct(size);
    }
    values.clear();
    for (int n = 0; n < count; n++) {
      values.put(rows[n], 0, features.size());
    }
    values.flip();
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(environment, values, new long[] {count, features.size()});
        OrtSession.Result result = session.run(Map.of(OnnxFormat.FEATURES, tensor), ASKED)) {
      FloatBuffer probabilities = ((OnnxTensor) result.get(0)).getFloatBuffer();
      for (int n = 0; n < count; n++) {
        into[n] = probabilities.get(n);
      }
    } catch (OrtException e) {
      throw new BadModel("the ONNX runtime cannot score: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    OnnxFormat.close(session);
  }
}
