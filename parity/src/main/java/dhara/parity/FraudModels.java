package dhara.parity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.text.CsvLine;
import dhara.pipelines.payments.Fraud;
import dhara.testkit.Box;
import dhara.transforms.model.ModelRelease;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which of the released linear models are in force when, the obvious way, and what they make of a
 * payment.
 *
 * @param accepted the releases that came into force, in order
 * @param refusals the answers about the others
 */
record FraudModels(
    List<ModelRelease> accepted, List<String> refusals, double challenge, double block) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A decision by the rules and a model.
   *
   * @param model its version; null if none is in force
   */
  record Decided(String action, double score, String model) {}

  static FraudModels of(List<ModelRelease> releases, Fraud.Options options) {
    List<ModelRelease> accepted = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    releases.stream()
        .sorted(Comparator.comparing(ModelRelease::at).thenComparing(ModelRelease::id))
        .forEach(
            release -> {
              ModelRelease before = accepted.isEmpty() ? null : accepted.get(accepted.size() - 1);
              String refused =
                  refused(release, before, options.getModelFloor(), options.getModelMargin());
              if (refused == null) {
                accepted.add(release);
              } else {
                refusals.add(
                    "{\"model\":\"%s\",\"version\":\"%s\",\"release\":\"%s\",%s,%s}"
                        .formatted(
                            release.model(),
                            release.version(),
                            release.id(),
                            new Box<>("", release.at(), release.at().plusMillis(1)).window(),
                            refused));
              }
            });
    return new FraudModels(
        accepted, refusals, options.getModelChallenge(), options.getModelBlock());
  }

  /** The columns of a refusal; null for none. */
  private static String refused(
      ModelRelease release, ModelRelease before, double floor, double margin) {
    String inForce = before == null ? "null" : '"' + before.version() + '"';
    String hash = sha256(bytes(release.uri()));
    if (!hash.equals(release.sha256())) {
      return columns(
          "UNUSABLE",
          "\"the file of the model has the SHA-256 " + hash + '"',
          null,
          null,
          inForce,
          null);
    }
    double precision = precision(release, release);
    if (precision < floor) {
      return columns("BELOW_FLOOR", "null", precision, floor, inForce, null);
    }
    if (before == null) {
      return null;
    }
    double earlier = precision(before, release);
    double least = rounded(earlier - margin, 1e6);
    return precision < least ? columns("WORSE", "null", precision, least, inForce, earlier) : null;
  }

  private static String columns(
      String reason,
      String detail,
      Double precision,
      Double least,
      String inForce,
      Double precisionInForce) {
    return """
    "reason":"%s","detail":%s,"average_precision":%s,"least_precision":%s,"in_force":%s,\
    "in_force_precision":%s\
    """
        .formatted(reason, detail, precision, least, inForce, precisionInForce);
  }

  /** The mean, over the frauds, of the share of fraud among what scores at least as high. */
  private static double precision(ModelRelease release, ModelRelease heldOf) {
    List<Map<String, Float>> rows = new ArrayList<>();
    List<String> lines = new String(bytes(heldOf.heldUri()), UTF_8).lines().toList();
    List<String> names = CsvLine.texts(lines.get(0), ',');
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = CsvLine.texts(line, ',');
      Map<String, Float> row = new HashMap<>();
      for (int n = 0; n < cells.size(); n++) {
        row.put(names.get(n), cells.get(n).isEmpty() ? null : Float.valueOf(cells.get(n)));
      }
      rows.add(row);
    }
    double[] scores = rows.stream().mapToDouble(row -> probability(release, row)).toArray();
    double sum = 0;
    long frauds = 0;
    for (int n = 0; n < scores.length; n++) {
      if (rows.get(n).get("label") == 1) {
        double score = scores[n];
        long above = Arrays.stream(scores).filter(other -> other >= score).count();
        long found = 0;
        for (int other = 0; other < scores.length; other++) {
          found += scores[other] >= score && rows.get(other).get("label") == 1 ? 1 : 0;
        }
        sum += (double) found / above;
        frauds++;
      }
    }
    return rounded(sum / frauds, 1e6);
  }

  private static double probability(ModelRelease release, Map<String, Float> row) {
    try {
      JsonNode model = JSON.readTree(bytes(release.uri()));
      double sum = model.get("bias").asDouble();
      for (int n = 0; n < model.get("features").size(); n++) {
        Float value = row.get(model.get("features").get(n).asText());
        sum += value == null ? 0 : model.get("weights").get(n).asDouble() * value;
      }
      return 1 / (1 + Math.exp(-sum));
    } catch (IOException e) {
      throw new AssertionError("no linear model: " + release.version(), e);
    }
  }

  Decided decide(Instant at, Map<String, Float> row, String action, double score) {
    ModelRelease inForce =
        accepted.stream()
            .filter(release -> !release.at().isAfter(at))
            .reduce((earlier, later) -> later)
            .orElse(null);
    if (inForce == null) {
      return new Decided(action, score, null);
    }
    double probability = rounded(probability(inForce, row), 1e4);
    String decided = probability >= challenge ? "CHALLENGE" : "ALLOW";
    return new Decided(
        action.equals("BLOCK") || probability >= block ? "BLOCK" : decided,
        probability,
        inForce.version());
  }

  static String json(Map<String, Float> row) {
    return row.entrySet().stream()
        .map(feature -> "\"%s\":%s".formatted(feature.getKey(), feature.getValue()))
        .collect(Collectors.joining(","));
  }

  private static byte[] bytes(String dataUri) {
    return Base64.getDecoder().decode(dataUri.substring(dataUri.indexOf(',') + 1));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static double rounded(double value, double parts) {
    return Math.rint(value * parts) / parts;
  }
}
