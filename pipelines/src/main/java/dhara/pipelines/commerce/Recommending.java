package dhara.pipelines.commerce;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Made-up days of a shop that recommends products: some are bought within hours, {@code trending}
 * being right twice as often as the others, and users buy and look at other products too.
 *
 * <p>Planted: {@code converted}, a purchase that follows from a recommendation; {@code expired},
 * one more than 24 hours after it; {@code other}, one of another product than was recommended; and
 * {@code before}, one shortly before the recommendation. These users are in no other event.
 */
final class Recommending {

  /** Six hours before midnight in UTC. */
  private static final Instant EVENING = Instant.parse("2026-01-05T18:00:00Z");

  private static final String[] ALGORITHMS = {"also-bought", "content", "trending"};
  private static final String[] CATEGORIES = {"books", "games", "garden"};
  private static final String[] SEGMENTS = {"new", "regular"};
  private static final int USERS = 80;
  private static final int PRODUCTS = 20;
  private static final long MINUTE = 60_000;
  private static final long DAY = 24 * 60 * MINUTE;

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private Recommending(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> events(long seed, long count) {
    return Stream.<Given<?>>generate(new Recommending(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next one is made can be output now.
    while (!upcoming.anyBefore(EVENING.plusMillis(millis))) {
      millis += 1_000L + random.nextInt(600_000);
      make();
    }
    return upcoming.next();
  }

  private void make() {
    int product = random.nextInt(PRODUCTS);
    int algorithm = random.nextInt(ALGORITHMS.length);
    String solo = "solo-" + made;
    switch (random.nextInt(16)) {
      case 0 -> planted("converted", solo, product, product, algorithm, within(6 * 60 * MINUTE));
      case 1 -> planted("expired", solo, product, product, algorithm, DAY + within(30 * MINUTE));
      case 2 -> planted("other", solo, product, product + 1, algorithm, within(6 * 60 * MINUTE));
      case 3 -> {
        upcoming.add(bought(0, solo, product).planted("before"));
        upcoming.add(recommended(within(5 * MINUTE), solo, product, algorithm));
      }
      case 4, 5 -> upcoming.add(bought(0, user(), product));
      case 6, 7 -> upcoming.add(activity(0, user(), Activity.Kind.PRODUCT_VIEW, product, null));
      default -> {
        String user = user();
        upcoming.add(recommended(0, user, product, algorithm));
        if (random.nextInt(algorithm == 2 ? 4 : 8) == 0) {
          upcoming.add(bought(within(20 * 60 * MINUTE), user, product));
        }
      }
    }
  }

  private void planted(
      String what, String user, int product, int bought, int algorithm, long later) {
    upcoming.add(recommended(0, user, product, algorithm));
    upcoming.add(bought(later, user, bought).planted(what));
  }

  private Given<Recommendation> recommended(long later, String user, int product, int algorithm) {
    return RecommendationEffectiveness.RECOMMENDATIONS.given(
        new Recommendation(
            id("R"),
            at(later),
            user,
            code(product),
            ALGORITHMS[algorithm],
            product % 7 == 6 ? null : CATEGORIES[product % CATEGORIES.length],
            user.length() % 5 == 4 ? null : SEGMENTS[user.length() % SEGMENTS.length]));
  }

  private Given<Activity> bought(long later, String user, int product) {
    long minor = 19_900 + 5_000L * product + random.nextInt(100);
    return activity(later, user, Activity.Kind.PURCHASE, product, minor);
  }

  private Given<Activity> activity(
      long later, String user, Activity.Kind kind, int product, Long minor) {
    return RecommendationEffectiveness.ACTIVITIES.given(
        new Activity(
            id("A"),
            at(later),
            user,
            null,
            kind,
            code(product),
            CATEGORIES[product % CATEGORIES.length],
            null,
            minor,
            Activity.Device.MOBILE,
            null,
            null,
            "Pune",
            null));
  }

  private String user() {
    return "user-" + random.nextInt(USERS);
  }

  private static String code(int product) {
    return "P%03d".formatted(product);
  }

  private long within(long most) {
    return 1 + random.nextLong(most);
  }

  private Instant at(long later) {
    return EVENING.plusMillis(millis + later);
  }

  private String id(String of) {
    return "%s%07d".formatted(of, ++made);
  }
}
