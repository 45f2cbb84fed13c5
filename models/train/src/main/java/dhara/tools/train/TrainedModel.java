package dhara.tools.train;

import dhara.transforms.model.Model;
import dhara.transforms.model.ModelFormat;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.ServiceLoader;

/** A model as it will be served: the bytes of its file, and how much each feature contributes. */
final class TrainedModel {

  private static final int BLOCK = 4_096;

  private final String extension;
  private final byte[] bytes;
  private final Map<String, Double> gains;

  /**
   * @param extension how the names of files of its format end, without the dot
   * @param gains by feature, in no unit; greater contributes more
   */
  TrainedModel(String extension, byte[] bytes, Map<String, Double> gains) {
    this.extension = extension;
    this.bytes = bytes;
    this.gains = gains;
  }

  String extension() {
    return extension;
  }

  byte[] bytes() {
    return bytes;
  }

  Map<String, Double> gains() {
    return gains;
  }

  /**
   * Scores examples with the model as it is read back from its bytes, as whoever serves it does.
   */
  double[] scores(Examples examples) {
    double[] scores = new double[examples.size()];
    try (Model model = format().read(bytes)) {
      if (!model.features().equals(examples.features())) {
        throw new IllegalStateException(
            "the model has the features %s, and the rows have %s"
                .formatted(model.features(), examples.features()));
      }
      float[][] block = new float[BLOCK][];
      double[] into = new double[BLOCK];
      for (int from = 0; from < scores.length; from += BLOCK) {
        int count = Math.min(BLOCK, scores.length - from);
        System.arraycopy(examples.rows(), from, block, 0, count);
        model.score(block, count, into);
        System.arraycopy(into, 0, scores, from, count);
      }
    }
    return scores;
  }

  private ModelFormat format() {
    return ServiceLoader.load(ModelFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> format.extension().equals(extension))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no format " + extension + " is on this class path"));
  }

  /** The SHA-256 of a file's bytes, as hexadecimal digits in lower case. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
