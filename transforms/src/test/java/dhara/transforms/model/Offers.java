package dhara.transforms.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.transforms.aggregate.Arrivals;
import dhara.transforms.join.Version;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;

/** Releases for tests, whose files are in their URIs. */
final class Offers {

  /** Half of its rows are positive, those with the greatest x. */
  static final String HELD = "x,label\n1,0\n2,0\n3,1\n4,1\n";

  private Offers() {}

  /** A release of the model m with the version as its id. */
  static ModelRelease release(String version, String at, String uri, String sha256) {
    return new ModelRelease(
        version, Arrivals.time(at), "m", version, uri, sha256, uri("csv", HELD), sha256(HELD));
  }

  static ModelRelease scripted(String version, String at, String script) {
    return release(version, at, uri("scripted", script), sha256(script));
  }

  /** A logistic of x with a weight. */
  static ModelRelease linear(String version, String at, double weight) {
    String json = "{\"features\":[\"x\"],\"bias\":0,\"weights\":[%s]}".formatted(weight);
    return release(version, at, uri("linear", json), sha256(json));
  }

  static ModelRelease heldOut(ModelRelease release, String csv) {
    return new ModelRelease(
        release.id(),
        release.at(),
        release.model(),
        release.version(),
        release.uri(),
        release.sha256(),
        uri("csv", csv),
        sha256(csv));
  }

  /** The release when it is decided, which here is at once. */
  static DueRelease due(ModelRelease release) {
    return DueRelease.of(Version.of(release.model(), release), Duration.ZERO);
  }

  static String uri(String format, String text) {
    return "data:application/%s;base64,%s"
        .formatted(format, Base64.getEncoder().encodeToString(text.getBytes(UTF_8)));
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
