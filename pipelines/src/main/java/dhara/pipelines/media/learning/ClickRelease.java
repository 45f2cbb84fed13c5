package dhara.pipelines.media.learning;

import dhara.pipelines.media.learning.Learner.Report;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A learned model that is offered, itself in its URI. With the name of the model it has the fields
 * of a {@link dhara.transforms.model.ModelRelease}, and is read as one.
 *
 * @param id identity of the record
 * @param at from when on it is offered
 * @param version the end of the hour after which it was as it is
 * @param uri the model, in the format {@code linear}
 * @param sha256 the SHA-256 of its bytes
 * @param heldUri where the rows are on which it is tried
 * @param heldSha256 their SHA-256
 */
public record ClickRelease(
    String id,
    Instant at,
    String version,
    String uri,
    String sha256,
    String heldUri,
    String heldSha256) {

  /** The name of a segment's model. */
  static String model(String segment) {
    return "clicks-" + segment;
  }

  /**
   * How models are released.
   *
   * @param heldUri where the rows are on which they are tried
   * @param heldSha256 their SHA-256
   * @param after how long after its hour a model is offered
   */
  record Terms(String heldUri, String heldSha256, Duration after) implements Serializable {

    /** The release of a model after an hour; null if there is none. */
    @Nullable ClickRelease of(Report report) {
      if (report.weights().features().isEmpty()) {
        return null; // a model without features gives all impressions the same score
      }
      byte[] model = report.weights().json().getBytes(StandardCharsets.UTF_8);
      return new ClickRelease(
          model(report.segment()) + "@" + report.end(),
          report.end().plus(after),
          report.end().toString(),
          uri("linear", model),
          sha256(model),
          heldUri,
          heldSha256);
    }
  }

  /** A URI that has the bytes of a format in itself. */
  static String uri(String format, byte[] bytes) {
    return "data:application/" + format + ";base64," + Base64.getEncoder().encodeToString(bytes);
  }

  /** The SHA-256 of bytes, in hexadecimal digits. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
