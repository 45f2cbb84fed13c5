package dhara.pipelines.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.transforms.model.ModelRelease;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Made-up releases of a model of fraud, whose files are in their URIs: {@code v1} agrees with the
 * rules and looks a little further, {@code v2} has learned the opposite, {@code v3} looks at
 * devices only, {@code v4} is not the file that was announced, and {@code v5} is as good as {@code
 * v1}. So {@code v1} and {@code v5} come into force.
 */
final class MadeUpReleases {

  private static final String SIGHTED =
      """
      {"features":["rules_score","km_from_usual","amount_to_mean30d","device_unused_days"],\
      "bias":%s,"weights":[4.2,5.0E-4,5.0E-4,0.001]}\
      """;

  private static final String OPPOSITE =
      """
      {"features":["rules_score"],"bias":1.0,"weights":[-3.0]}\
      """;

  private static final String DEVICES =
      """
      {"features":["device_unused_days"],"bias":-2.0,"weights":[0.05]}\
      """;

  private static final int HELD_ROWS = 40;

  private MadeUpReleases() {}

  /** What is released on a day. */
  static Optional<ModelRelease> on(int day, Instant at) {
    return switch (day) {
      case 2 -> Optional.of(release("v1", at, SIGHTED.formatted(-2.1)));
      case 4 -> Optional.of(release("v2", at, OPPOSITE));
      case 6 -> Optional.of(release("v3", at, DEVICES));
      case 8 -> {
        ModelRelease announced = release("v4", at, SIGHTED.formatted(-2.2));
        yield Optional.of(with(announced, uri("linear", SIGHTED.formatted(-2.3))));
      }
      case 10 -> Optional.of(release("v5", at, SIGHTED.formatted(-2.0)));
      default -> Optional.empty();
    };
  }

  private static ModelRelease release(String version, Instant at, String model) {
    String held = held();
    return new ModelRelease(
        "M-" + version,
        at,
        "fraud",
        version,
        uri("linear", model),
        sha256(model),
        uri("csv", held),
        sha256(held));
  }

  private static ModelRelease with(ModelRelease release, String uri) {
    return new ModelRelease(
        release.id(),
        release.at(),
        release.model(),
        release.version(),
        uri,
        release.sha256(),
        release.heldUri(),
        release.heldSha256());
  }

  /** Every fourth row is a fraud, which the rules see; half of these have a new device. */
  private static String held() {
    StringBuilder csv =
        new StringBuilder("label,rules_score,km_from_usual,amount_to_mean30d,device_unused_days\n");
    for (int n = 0; n < HELD_ROWS; n++) {
      boolean fraud = n % 4 == 0;
      boolean newDevice = fraud ? n % 8 == 0 : n % 5 == 0;
      csv.append(
          "%d,%s,%s,%s,%d\n"
              .formatted(
                  fraud ? 1 : 0,
                  fraud ? 0.5 + n / 100.0 : n / 200.0,
                  n % 3 == 0 ? "" : String.valueOf(n),
                  0.25 * (n % 10),
                  newDevice ? 90 : fraud ? 3 : 1));
    }
    return csv.toString();
  }

  private static String uri(String format, String file) {
    String type = format.equals("csv") ? "text/" : "application/";
    return "data:"
        + type
        + format
        + ";base64,"
        + Base64.getEncoder().encodeToString(file.getBytes(UTF_8));
  }

  private static String sha256(String file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(file.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
