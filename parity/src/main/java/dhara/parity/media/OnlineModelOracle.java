package dhara.parity.media;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.learning.OnlineModel;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.transforms.model.ModelRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Searches all clicks for each impression, learns with maps of features by the formulas of the
 * paper, and compares all pairs of scores for the AUC. The hash and the gate are written anew.
 */
@AutoService(Oracle.class)
public final class OnlineModelOracle implements Oracle {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BIAS = -1;
  private static final Comparator<Event> BY_TIME =
      Comparator.comparing(Event::at).thenComparing(Event::id);

  @Override
  public String analysis() {
    return "online-model";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--by=region",
            "--clickWithin=PT5M",
            "--reportEvery=PT30M",
            "--buckets=2048",
            "--alpha=0.3",
            "--beta=0.5",
            "--l1=0.05",
            "--l2=2",
            "--releaseAfter=PT2H",
            "--held=gs://models/held.csv",
            "--heldSha256=" + "0123456789abcdef".repeat(4)));
  }

  @Override
  public long testEvents() {
    return 900;
  }

  /** An impression and what became known of it. */
  private record Known(
      String id, Instant at, Playback shown, String segment, Set<Integer> has, boolean clicked)
      implements Event {}

  /** A model that was released: the weights of its features, in their order. */
  private record Released(ModelRelease of, double bias, List<String> names, List<Double> weights) {

    double score(Set<String> has) {
      double sum = bias;
      for (int i = 0; i < names.size(); i++) {
        sum += has.contains(names.get(i)) ? weights.get(i) : 0;
      }
      return 1 / (1 + StrictMath.exp(-sum));
    }
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    OnlineModel.Options options = given.as(OnlineModel.Options.class);
    List<Known> known = known(inputs.of("playbacks", Playback.class), options);
    Map<String, List<String>> answers = new HashMap<>();
    for (String output : List.of("progress", "weights", "releases", "served", "refusals")) {
      answers.put(output, new ArrayList<>());
    }
    Map<String, List<Known>> bySegment = new TreeMap<>();
    known.forEach(
        each -> bySegment.computeIfAbsent(each.segment, s -> new ArrayList<>()).add(each));
    bySegment.forEach((segment, of) -> new Segment(segment, options).learn(of, answers));
    List<Released> inForce =
        inForce(inputs.of("models", ModelRelease.class), options, answers.get("refusals"));
    served(known, inForce, options, answers.get("served"));
    return answers;
  }

  private static List<Known> known(List<Playback> playbacks, OnlineModel.Options options) {
    List<Known> known = new ArrayList<>();
    for (Playback shown : playbacks) {
      if (shown.kind() != Kind.AD_IMPRESSION) {
        continue;
      }
      Instant end = shown.at().plus(options.getClickWithin());
      Instant at = null;
      for (Playback click : playbacks) {
        if (click.kind() == Kind.AD_CLICK
            && click.user().equals(shown.user())
            && click.campaign().equals(shown.campaign())
            && !click.at().isBefore(shown.at())
            && !click.at().isAfter(end)
            && (at == null || click.at().isBefore(at))) {
          at = click.at();
        }
      }
      String segment =
          switch (options.getBy()) {
            case none -> "all";
            case campaign -> shown.campaign();
            case region -> shown.region();
            case device -> shown.device();
            case language -> shown.language();
          };
      known.add(
          new Known(
              shown.id(),
              at == null ? end : at,
              shown,
              segment == null ? "unknown" : segment,
              features(shown, options.getBuckets()),
              at != null));
    }
    known.sort(BY_TIME);
    return known;
  }

  private static Set<Integer> features(Playback shown, int buckets) {
    String campaign = "campaign=" + shown.campaign();
    List<String> rest =
        List.of(
            "region=" + orUnknown(shown.region()),
            "device=" + orUnknown(shown.device()),
            "language=" + orUnknown(shown.language()),
            "hour=" + shown.at().atZone(ZoneOffset.UTC).getHour());
    Set<Integer> features = new TreeSet<>();
    features.add(bucket(campaign, buckets));
    for (String each : rest) {
      features.add(bucket(each, buckets));
      features.add(bucket(campaign + "&" + each, buckets));
    }
    return features;
  }

  private static String orUnknown(@Nullable String value) {
    return value == null ? "unknown" : value;
  }

  private static int bucket(String feature, int buckets) {
    return (int) Long.remainderUnsigned(murmur(feature.getBytes(StandardCharsets.UTF_8)), buckets);
  }

  /** The first half of MurmurHash3_x64_128 with seed 0, as Austin Appleby defined it. */
  private static long murmur(byte[] text) {
    long c1 = 0x87c37b91114253d5L;
    long c2 = 0x4cf5ad432745937fL;
    long h1 = 0;
    long h2 = 0;
    // The last block, filled up with zeros, is mixed in without the second half of a round.
    for (int i = 0; i <= text.length / 16; i++) {
      byte[] block = Arrays.copyOfRange(text, 16 * i, 16 * i + 16);
      long k1 = Long.rotateLeft(littleEndian(block, 0) * c1, 31) * c2;
      long k2 = Long.rotateLeft(littleEndian(block, 8) * c2, 33) * c1;
      boolean whole = 16 * i + 16 <= text.length;
      h1 ^= k1;
      if (whole) {
        h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
      }
      h2 ^= k2;
      if (whole) {
        h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
      }
    }
    h1 ^= text.length;
    h2 ^= text.length;
    h1 += h2;
    h2 += h1;
    return finished(h1) + finished(h2);
  }

  private static long littleEndian(byte[] block, int from) {
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = (value << 8) | (block[from + i] & 0xff);
    }
    return value;
  }

  private static long finished(long h) {
    long k = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    k = (k ^ (k >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return k ^ (k >>> 33);
  }

  /** An example of an hour, with the log-odds that it was given. */
  private record Guess(double logOdds, boolean clicked) {}

  /** The model of a segment. */
  private static final class Segment {

    private final String segment;
    private final OnlineModel.Options options;
    private final Map<Integer, Double> z = new HashMap<>();
    private final Map<Integer, Double> n = new HashMap<>();

    Segment(String segment, OnlineModel.Options options) {
      this.segment = segment;
      this.options = options;
    }

    void learn(List<Known> examples, Map<String, List<String>> answers) {
      long every = options.getReportEvery().toMillis();
      TreeMap<Long, List<Guess>> hours = new TreeMap<>();
      long learned = 0;
      for (int i = 0; i < examples.size(); i++) {
        long hour = Math.floorDiv(examples.get(i).at.toEpochMilli(), every);
        hours.computeIfAbsent(hour, h -> new ArrayList<>()).add(learn(examples.get(i)));
        learned++;
        boolean last =
            i + 1 == examples.size()
                || Math.floorDiv(examples.get(i + 1).at.toEpochMilli(), every) != hour;
        if (last) {
          Box<String> box =
              new Box<>(
                  segment,
                  Instant.ofEpochMilli(hour * every),
                  Instant.ofEpochMilli((hour + 1) * every));
          answers.get("progress").add(progress(box, hours.get(hour)));
          report(box, learned, answers);
        }
      }
    }

    private double weight(int i) {
      double zi = z.getOrDefault(i, 0.0);
      double ni = n.getOrDefault(i, 0.0);
      double l1 = i == BIAS ? 0 : options.getL1();
      double l2 = i == BIAS ? 0 : options.getL2();
      if (Math.abs(zi) <= l1) {
        return 0;
      }
      double toward = zi > 0 ? zi - l1 : zi + l1;
      return -toward / ((options.getBeta() + Math.sqrt(ni)) / options.getAlpha() + l2);
    }

    private Guess learn(Known example) {
      Map<Integer, Double> weights = new TreeMap<>(); // the bias, which has number -1, is first
      weights.put(BIAS, weight(BIAS));
      example.has.forEach(i -> weights.put(i, weight(i)));
      double sum = 0;
      for (double weight : weights.values()) {
        sum += weight;
      }
      double logOdds = sum > 35 ? 35 : sum < -35 ? -35 : sum;
      double g = 1 / (1 + StrictMath.exp(-logOdds)) - (example.clicked ? 1 : 0);
      weights.forEach(
          (i, weight) -> {
            double before = n.getOrDefault(i, 0.0);
            double sigma = (Math.sqrt(before + g * g) - Math.sqrt(before)) / options.getAlpha();
            z.put(i, z.getOrDefault(i, 0.0) + (g - sigma * weight));
            n.put(i, before + g * g);
          });
      return new Guess(logOdds, example.clicked);
    }

    private String progress(Box<String> box, List<Guess> guesses) {
      double loss = 0;
      double probabilities = 0;
      long clicks = 0;
      long pairs = 0;
      double won = 0;
      for (Guess guess : guesses) {
        double p = 1 / (1 + Math.exp(-guess.logOdds));
        loss += -Math.log(guess.clicked ? p : 1 - p);
        probabilities += p;
        clicks += guess.clicked ? 1 : 0;
        for (Guess other : guesses) {
          if (guess.clicked && !other.clicked) {
            int than = Long.compare(step(guess.logOdds), step(other.logOdds));
            pairs++;
            won += than > 0 ? 1 : than == 0 ? 0.5 : 0;
          }
        }
      }
      int count = guesses.size();
      double rate = (double) clicks / count;
      return "{\"segment\":\"%s\",%s,\"examples\":%d,\"clicks\":%d,\"log_loss\":%s,\"auc\":%s,\"predicted_rate\":%s,\"rate\":%s,\"calibration\":%s}"
          .formatted(
              segment,
              box.window(),
              count,
              clicks,
              six(loss / count),
              pairs == 0 ? "null" : six(won / pairs),
              six(probabilities / count),
              six(rate),
              clicks == 0 ? "null" : six(probabilities / count / rate));
    }

    /** Scores in one 64th of log-odds are equal, and so are those beyond 8. */
    private static long step(double logOdds) {
      return Math.max(-512, Math.min(511, (long) Math.floor(logOdds * 64)));
    }

    private void report(Box<String> box, long learned, Map<String, List<String>> answers) {
      List<String> names = new ArrayList<>();
      List<String> weights = new ArrayList<>();
      for (int i : new TreeSet<>(z.keySet())) {
        if (i != BIAS && weight(i) != 0) {
          names.add("\"h" + i + "\"");
          weights.add(String.valueOf(weight(i)));
        }
      }
      String features = String.join(",", names);
      String values = String.join(",", weights);
      answers
          .get("weights")
          .add(
              "{\"segment\":\"%s\",%s,\"examples\":%d,\"features\":[%s],\"bias\":%s,\"weights\":[%s]}"
                  .formatted(segment, box.window(), learned, features, weight(BIAS), values));
      if (options.getHeld() == null || names.isEmpty()) {
        return;
      }
      byte[] model =
          "{\"features\":[%s],\"bias\":%s,\"weights\":[%s]}"
              .formatted(features, weight(BIAS), values)
              .getBytes(StandardCharsets.UTF_8);
      Duration known = options.getClickWithin().plus(options.getLateness().multipliedBy(2));
      Duration after = options.getReleaseAfter();
      String id = "clicks-" + segment + "@" + box.end();
      answers
          .get("releases")
          .add(
              "{\"incident\":\"%s\",\"model\":\"clicks-%s\",%s,\"id\":\"%s\",\"at\":\"%s\",\"version\":\"%s\",\"uri\":\"data:application/linear;base64,%s\",\"sha256\":\"%s\",\"held_uri\":\"%s\",\"held_sha256\":\"%s\"}"
                  .formatted(
                      id,
                      segment,
                      box.window(),
                      id,
                      Box.text(box.end().plus(after.compareTo(known) > 0 ? after : known)),
                      box.end(),
                      Base64.getEncoder().encodeToString(model),
                      sha256(model),
                      options.getHeld(),
                      options.getHeldSha256()));
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "%064x".formatted(new BigInteger(1, digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The releases that come into force, in their order. */
  private static List<Released> inForce(
      List<ModelRelease> releases, OnlineModel.Options options, List<String> refusals) {
    List<Released> inForce = new ArrayList<>();
    for (ModelRelease release : releases.stream().sorted(BY_TIME).toList()) {
      JsonNode json = json(bytes(release.uri()));
      List<String> names = new ArrayList<>();
      List<Double> weights = new ArrayList<>();
      json.get("features").forEach(name -> names.add(name.asText()));
      json.get("weights").forEach(weight -> weights.add(weight.asDouble()));
      Released released = new Released(release, json.get("bias").asDouble(), names, weights);
      Released before =
          inForce.stream()
              .filter(each -> each.of.model().equals(release.model()))
              .reduce((first, second) -> second)
              .orElse(null);
      String refusal = refusal(released, before, options);
      if (refusal == null) {
        inForce.add(released);
      } else {
        Box<String> box = new Box<>("", release.at(), release.at().plusMillis(1));
        refusals.add(
            "{\"model\":\"%s\",\"version\":\"%s\",\"release\":\"%s\",%s,%s}"
                .formatted(
                    release.model(), release.version(), release.id(), box.window(), refusal));
      }
    }
    return inForce;
  }

  /** The columns of a refusal; null if there is none. */
  private static @Nullable String refusal(
      Released of, @Nullable Released before, OnlineModel.Options options) {
    String columns =
        "\"reason\":\"%s\",\"detail\":null,\"average_precision\":%s,\"least_precision\":%s,\"in_force\":%s,\"in_force_precision\":%s";
    String version = before == null ? "null" : "\"" + before.of.version() + "\"";
    double precision = averagePrecision(of, of.of);
    if (precision < options.getModelFloor()) {
      return columns.formatted("BELOW_FLOOR", precision, options.getModelFloor(), version, "null");
    }
    if (before == null) {
      return null;
    }
    double earlier = averagePrecision(before, of.of);
    double least = Math.rint((earlier - options.getModelMargin()) * 1e6) / 1e6;
    return precision < least
        ? columns.formatted("WORSE", precision, least, version, earlier)
        : null;
  }

  /** The mean, over the positive rows, of the share of positives among those with their score. */
  private static double averagePrecision(Released model, ModelRelease heldOf) {
    List<String> lines =
        new String(bytes(heldOf.heldUri()), StandardCharsets.UTF_8).lines().toList();
    List<String> names = List.of(lines.get(0).split(",", -1));
    List<Double> scores = new ArrayList<>();
    List<Boolean> labels = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = List.of(line.split(",", -1));
      Set<String> has = new HashSet<>();
      for (int i = 0; i < cells.size(); i++) {
        if (cells.get(i).equals("1")) {
          has.add(names.get(i));
        }
      }
      labels.add(has.contains("label"));
      scores.add(model.score(has));
    }
    double sum = 0;
    int positives = 0;
    for (int i = 0; i < scores.size(); i++) {
      if (labels.get(i)) {
        double above = 0;
        double all = 0;
        for (int j = 0; j < scores.size(); j++) {
          if (scores.get(j) >= scores.get(i)) {
            all++;
            above += labels.get(j) ? 1 : 0;
          }
        }
        sum += above / all;
        positives++;
      }
    }
    return Math.rint(sum / positives * 1e6) / 1e6;
  }

  private static byte[] bytes(String uri) {
    if (!uri.startsWith("data:")) {
      try {
        return Files.readAllBytes(Path.of(uri));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
  }

  private static JsonNode json(byte[] text) {
    try {
      return JSON.readTree(new String(text, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** An impression with the probability that a released model gave it. */
  private record Asked(double probability, boolean clicked) {}

  private static void served(
      List<Known> known, List<Released> inForce, OnlineModel.Options options, List<String> served) {
    Map<Box<String>, List<Asked>> boxes = new HashMap<>();
    long every = options.getReportEvery().toMillis();
    for (Known each : known) {
      Instant at = each.shown.at();
      Released model =
          inForce.stream()
              .filter(of -> of.of.model().equals("clicks-" + each.segment))
              .filter(of -> !of.of.at().isAfter(at))
              .reduce((first, second) -> second)
              .orElse(null);
      if (model != null) {
        Set<String> has = new HashSet<>();
        each.has.forEach(i -> has.add("h" + i));
        long hour = Math.floorDiv(at.toEpochMilli(), every);
        String key =
            "\"segment\":\"%s\",\"version\":\"%s\"".formatted(each.segment, model.of.version());
        boxes
            .computeIfAbsent(
                new Box<>(
                    key,
                    Instant.ofEpochMilli(hour * every),
                    Instant.ofEpochMilli((hour + 1) * every)),
                box -> new ArrayList<>())
            .add(new Asked(model.score(has), each.clicked));
      }
    }
    boxes.forEach(
        (box, asked) -> {
          BigDecimal loss = BigDecimal.ZERO;
          BigDecimal sum = BigDecimal.ZERO;
          long clicks = 0;
          for (Asked each : asked) {
            double p = each.probability;
            loss = loss.add(new BigDecimal(-Math.log(each.clicked ? p : 1 - p)));
            sum = sum.add(new BigDecimal(p));
            clicks += each.clicked ? 1 : 0;
          }
          double mean = sum.doubleValue() / asked.size();
          double rate = (double) clicks / asked.size();
          served.add(
              "{%s,%s,\"impressions\":%d,\"clicks\":%d,\"log_loss\":%s,\"predicted_rate\":%s,\"rate\":%s,\"calibration\":%s}"
                  .formatted(
                      box.key(),
                      box.window(),
                      asked.size(),
                      clicks,
                      six(loss.doubleValue() / asked.size()),
                      six(mean),
                      six(rate),
                      clicks == 0 ? "null" : six(mean / rate)));
        });
  }

  private static String six(double number) {
    return String.valueOf(new BigDecimal(number).round(new MathContext(6)).doubleValue());
  }
}
