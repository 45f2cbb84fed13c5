package dhara.pipelines.media.learning;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.transforms.learn.HashedFeatures;
import dhara.transforms.learn.Logistic;
import dhara.transforms.model.ModelRelease;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A made-up evening of advertisements whose click rates are known: the log-odds of a click are a
 * sum over the campaign, the place, the device, the language, and one place in which a campaign
 * does better than elsewhere.
 *
 * <p>Each impression has a viewer of its own. Planted are {@code again}, a second click, and {@code
 * expired}, a click more than ten minutes after its impression: neither changes what is learned.
 * Three models are released, which are tried on all kinds of impressions: {@code true}, which knows
 * the log-odds; {@code inverted}, which has all of them the wrong way and must be refused; and
 * {@code timid}, which ranks impressions as the first does, but with half of the log-odds.
 */
final class MadeUpImpressions {

  private static final Instant EVENING = Instant.parse("2026-01-05T14:00:00Z");
  private static final long MINUTE = 60_000;
  private static final long TEN_MINUTES = 10 * MINUTE;
  private static final double BIAS = -1.9;

  /** The features of the released models are hashed to as many numbers as by default. */
  private static final int BUCKETS = 1_024;

  /** On the held set, impressions with greater log-odds count as clicked. */
  private static final double CLICKED_ABOVE = -1.4;

  private static final List<String> CAMPAIGNS = List.of("chai", "diwali", "monsoon", "scooter");
  private static final List<String> REGIONS = List.of("Delhi", "Mumbai", "Pune");
  private static final List<String> DEVICES = List.of("MOBILE", "TV");
  private static final List<String> LANGUAGES = List.of("Hindi", "Tamil");

  private static final Map<String, Double> WEIGHTS =
      Map.ofEntries(
          Map.entry("campaign=chai", 0.7),
          Map.entry("campaign=diwali", 0.2),
          Map.entry("campaign=monsoon", -0.3),
          Map.entry("campaign=scooter", -0.6),
          Map.entry("region=Mumbai", 0.3),
          Map.entry("region=Pune", -0.3),
          Map.entry("device=MOBILE", 0.4),
          Map.entry("device=TV", -0.5),
          Map.entry("language=Hindi", 0.2),
          Map.entry("language=Tamil", -0.2),
          Map.entry("campaign=monsoon&region=Pune", 1.2));

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private MadeUpImpressions(long seed) {
    random = new SplittableRandom(seed);
    upcoming.add(release(40, "true", 1));
    upcoming.add(release(80, "inverted", -1));
    upcoming.add(release(110, "timid", 0.5));
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpImpressions(seed)::next).limit(count);
  }

  /** The planted log-odds of a click. */
  static double logOdds(Playback impression) {
    return logOdds(
        impression.campaign(), impression.region(), impression.device(), impression.language());
  }

  private static double logOdds(String campaign, String region, String device, String language) {
    double sum = BIAS;
    for (String feature :
        List.of(
            "campaign=" + campaign,
            "region=" + region,
            "device=" + device,
            "language=" + language,
            "campaign=" + campaign + "&region=" + region)) {
      sum += WEIGHTS.getOrDefault(feature, 0.0);
    }
    return sum;
  }

  private Given<?> next() {
    // Events that are due before the next one is made can be output now.
    while (!upcoming.anyBefore(EVENING.plusMillis(millis))) {
      millis += 3_000L + random.nextInt(18_000);
      make();
    }
    return upcoming.next();
  }

  private void make() {
    if (random.nextInt(15) == 0) {
      upcoming.add(heartbeat());
      return;
    }
    String viewer = "viewer-" + made;
    String campaign = any(CAMPAIGNS);
    Playback shown =
        ad(0, viewer, campaign, Kind.AD_IMPRESSION, any(REGIONS), any(DEVICES), any(LANGUAGES));
    upcoming.add(OnlineModel.PLAYBACKS.given(shown));
    if (random.nextDouble() < Logistic.probability(logOdds(shown))) {
      long delay = 500L + random.nextInt(540_000);
      upcoming.add(click(delay, viewer, campaign));
      if (random.nextInt(8) == 0) {
        upcoming.add(click(delay + 1 + random.nextInt(3_000), viewer, campaign).planted("again"));
      }
    } else if (random.nextInt(30) == 0) {
      long delay = TEN_MINUTES + 1 + random.nextInt(120_000);
      upcoming.add(click(delay, viewer, campaign).planted("expired"));
    }
  }

  private String any(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Given<Playback> click(long later, String viewer, String campaign) {
    return OnlineModel.PLAYBACKS.given(
        ad(later, viewer, campaign, Kind.AD_CLICK, null, null, null));
  }

  private Playback ad(
      long later,
      String viewer,
      String campaign,
      Kind kind,
      @Nullable String region,
      @Nullable String device,
      @Nullable String language) {
    return new Playback(
        id(),
        EVENING.plusMillis(millis + later),
        viewer,
        null,
        campaign,
        kind,
        null,
        null,
        null,
        null,
        null,
        region,
        device,
        language,
        null,
        null);
  }

  private Given<Playback> heartbeat() {
    return OnlineModel.PLAYBACKS.given(
        new Playback(
            id(),
            EVENING.plusMillis(millis),
            "viewer-" + made,
            "film-" + random.nextInt(12),
            null,
            Kind.HEARTBEAT,
            10_000L * random.nextInt(500),
            null,
            800L * (1 + random.nextInt(8)),
            null,
            null,
            null,
            "TV",
            "Hindi",
            null,
            null));
  }

  private String id() {
    return "P%07d".formatted(++made);
  }

  private static Given<ModelRelease> release(long minute, String version, double factor) {
    TreeMap<Integer, Double> weights = new TreeMap<>();
    WEIGHTS.forEach(
        (feature, weight) ->
            weights.merge(HashedFeatures.number(feature, BUCKETS), factor * weight, Double::sum));
    byte[] model =
        new LearnedWeights(
                0,
                weights.keySet().stream().map(HashedFeatures::name).toList(),
                factor * BIAS,
                List.copyOf(weights.values()))
            .json()
            .getBytes(StandardCharsets.UTF_8);
    byte[] held = held(weights.keySet().stream().toList());
    return OnlineModel.MODELS
        .given(
            new ModelRelease(
                "R-" + version,
                EVENING.plus(Duration.ofMinutes(minute)),
                ClickRelease.model("all"),
                version,
                ClickRelease.uri("linear", model),
                ClickRelease.sha256(model),
                ClickRelease.uri("csv", held),
                ClickRelease.sha256(held)))
        .planted(version);
  }

  /** A row for each kind of impression, with these features. */
  private static byte[] held(List<Integer> features) {
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", features.stream().map(HashedFeatures::name).toList()) + ",label");
    for (String campaign : CAMPAIGNS) {
      for (String region : REGIONS) {
        for (String device : DEVICES) {
          for (String language : LANGUAGES) {
            TreeSet<Integer> has =
                new TreeSet<>(
                    HashedFeatures.numbers(
                        List.of(
                            "campaign=" + campaign,
                            "region=" + region,
                            "device=" + device,
                            "language=" + language,
                            "campaign=" + campaign + "&region=" + region),
                        BUCKETS));
            boolean clicked = logOdds(campaign, region, device, language) > CLICKED_ABOVE;
            lines.add(
                String.join(
                        ",", features.stream().map(each -> has.contains(each) ? "1" : "0").toList())
                    + (clicked ? ",1" : ",0"));
          }
        }
      }
    }
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
