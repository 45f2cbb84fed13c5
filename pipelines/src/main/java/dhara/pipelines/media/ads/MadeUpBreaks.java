package dhara.pipelines.media.ads;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.ads.AdOffer.Pacing;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up ad breaks, from an afternoon on: two markets in which six campaigns compete, whose bids
 * and click rates change now and then, and three small markets in which the outcome is known.
 *
 * <p>Planted, if the options are the default ones:
 *
 * <ul>
 *   <li>{@code exhausted}: breaks in {@code solo}, where one campaign has a budget of 8,000 micros
 *       a day, a bid of 4,000 and no rival, so it pays the floor of 1,000 five times, and after the
 *       fifth has less left than its bid;
 *   <li>{@code capped}: breaks in {@code duo} of a user who has seen the only campaign, which has a
 *       cap of two a day, twice;
 *   <li>{@code second_price}: breaks in {@code pair}, where a bid of 10,000 with a click rate of
 *       0.02 meets one of 8,000 with 0.01, so it pays 4,000;
 *   <li>{@code off_target}: breaks in {@code duo} in a region in which no campaign is shown.
 * </ul>
 */
final class MadeUpBreaks {

  private static final Instant AFTERNOON = Instant.parse("2026-01-05T14:00:00Z");
  private static final int USERS = 40;

  /** So that a few hundred breaks see a midnight. */
  private static final int MOST_STEP_MILLIS = 240_000;

  private static final String[] CAMPAIGNS = {
    "chai", "diwali", "monsoon", "scooter", "tata", "zari"
  };
  private static final String[] MARKETS = {"north", "south"};
  private static final String[] REGIONS = {"east", "west"};
  private static final String[] DEVICES = {"MOBILE", "TV"};
  private static final String[] LANGUAGES = {"Hindi", "Tamil"};

  private static final int SOLO_SHOWS = 5;
  private static final int CAP = 2;

  private final SplittableRandom random;
  private final Deque<Given<?>> first = new ArrayDeque<>();
  private final Map<String, Integer> shows = new HashMap<>();
  private Instant at = AFTERNOON;
  private Instant day = AFTERNOON.truncatedTo(ChronoUnit.DAYS);
  private long requests;
  private long offers;
  private long rates;

  private MadeUpBreaks(long seed) {
    random = new SplittableRandom(seed);
    for (String market : MARKETS) {
      for (String campaign : CAMPAIGNS) {
        first.add(offer(market, campaign));
      }
    }
    first.add(offer("solo", "flash", 4_000, 8_000, null));
    first.add(offer("duo", "rare", 5_000, 900_000_000, (long) CAP));
    first.add(offer("pair", "best", 10_000, 900_000_000, null));
    first.add(offer("pair", "good", 8_000, 900_000_000, null));
    for (String campaign : CAMPAIGNS) {
      rates(campaign, 0.002 + random.nextInt(40) / 1e3);
    }
    rates("flash", 0.01);
    rates("rare", 0.01);
    rates("best", 0.02);
    rates("good", 0.01);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpBreaks(seed)::next).limit(count);
  }

  private Given<?> next() {
    if (!first.isEmpty()) {
      return first.remove();
    }
    // One in ten has the same time as the one before, so that ids decide.
    at = at.plusMillis(random.nextInt(10) == 0 ? 0 : random.nextInt(MOST_STEP_MILLIS));
    Instant today = at.truncatedTo(ChronoUnit.DAYS);
    if (!today.equals(day)) {
      day = today;
      shows.clear();
    }
    return switch (random.nextInt(40)) {
      case 0 -> offer(any(MARKETS), any(CAMPAIGNS));
      case 1 -> rate(any(CAMPAIGNS), any(REGIONS), any(DEVICES), random.nextInt(60) / 1e3);
      case 2, 3 -> solo();
      case 4, 5 -> duo();
      case 6, 7 -> request("pair", user(), any(REGIONS)).planted("second_price");
      case 8 -> request("duo", user(), "islands").planted("off_target");
      default -> request(any(MARKETS), user(), any(REGIONS));
    };
  }

  private Given<?> solo() {
    boolean gone = shows.merge("solo", 1, Integer::sum) > SOLO_SHOWS;
    Given<AdRequest> request = request("solo", user(), any(REGIONS));
    return gone ? request.planted("exhausted") : request;
  }

  private Given<?> duo() {
    String user = "fan-" + random.nextInt(3);
    boolean seen = shows.merge(user, 1, Integer::sum) > CAP;
    Given<AdRequest> request = request("duo", user, any(REGIONS));
    return seen ? request.planted("capped") : request;
  }

  private Given<AdRequest> request(String market, String user, String region) {
    return AdDecisions.REQUESTS.given(
        new AdRequest(
            "B%07d".formatted(++requests),
            at,
            user,
            random.nextInt(8) == 0 ? null : "film-" + random.nextInt(5),
            region,
            any(DEVICES),
            any(LANGUAGES),
            market));
  }

  /** An offer whose budget is small, so that it is soon spent or paced. */
  private Given<AdOffer> offer(String market, String campaign) {
    boolean brief = random.nextInt(6) == 0;
    return AdDecisions.OFFERS.given(
        new AdOffer(
            "O%05d".formatted(++offers),
            at,
            campaign,
            market,
            500L + random.nextInt(30_000),
            40_000L + random.nextInt(400_000),
            random.nextInt(3) == 0 ? Long.valueOf(1 + random.nextInt(3)) : null,
            random.nextBoolean() ? Pacing.EVEN : Pacing.ASAP,
            brief ? at.plus(Duration.ofMinutes(30)) : null,
            brief ? at.plus(Duration.ofHours(9)) : null,
            random.nextInt(5) == 0 ? List.of(any(REGIONS)) : null,
            random.nextInt(5) == 0 ? List.of(any(DEVICES)) : List.of(),
            random.nextInt(5) == 0 ? List.of(any(LANGUAGES), "Marathi") : null,
            random.nextInt(8) == 0 ? List.of("film-1", "film-2", "film-3") : null));
  }

  /** An offer for all breaks of a market, except on islands. */
  private Given<AdOffer> offer(
      String market, String campaign, long bid, long budget, @Nullable Long cap) {
    return AdDecisions.OFFERS.given(
        new AdOffer(
            "O%05d".formatted(++offers),
            at,
            campaign,
            market,
            bid,
            budget,
            cap,
            Pacing.ASAP,
            null,
            null,
            List.of(REGIONS),
            null,
            null,
            null));
  }

  private void rates(String campaign, double rate) {
    for (String region : REGIONS) {
      for (String device : DEVICES) {
        first.add(rate(campaign, region, device, rate));
      }
    }
  }

  private Given<AdRate> rate(String campaign, String region, String device, double rate) {
    rates++;
    return AdDecisions.RATES.given(
        new AdRate(
            "R%05d".formatted(rates), at, campaign, region, device, rate, "model-" + rates / 100));
  }

  private String user() {
    return "viewer-" + random.nextInt(USERS);
  }

  private String any(String[] of) {
    return of[random.nextInt(of.length)];
  }
}
