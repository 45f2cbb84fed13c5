package dhara.pipelines.commerce.recommend;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.demand.ProductStock;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visits to a shop by users of whom each has a taste: five of six products that they come
 * to are of their taste, the rest is of any. A taste is not a category, so only what users do tells
 * it. Within a taste the first products are the most popular, and some tastes have more users.
 *
 * <p>Planted is {@code taste} in each activity with a product of the user's own taste.
 */
final class MadeUpTastes {

  /** What is planted. */
  static final String TASTE = "taste";

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] TASTES = {"chess", "garden", "tea", "yoga"};
  private static final String[] CATEGORIES = {"books", "clothes", "tools"};
  private static final String[] BRANDS = {"Asha", "Bela", "Chand", "Deep", "Ela"};
  private static final int PRODUCTS = 12;
  private static final int USERS = 40;

  /** On average six minutes between visits. */
  private static final int BETWEEN = (int) Duration.ofMinutes(12).toMillis();

  private static final int THINKING = (int) Duration.ofMinutes(2).toMillis();
  private static final long REWEIGHED = Duration.ofHours(5).toMillis();

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;
  private long weighed;

  private MadeUpTastes(long seed) {
    random = new SplittableRandom(seed);
    for (int taste = 0; taste < TASTES.length; taste++) {
      for (int product = 0; product < PRODUCTS - 1; product++) { // the last is in no catalogue
        upcoming.add(entry(taste, product, 0));
      }
    }
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpTastes(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next visit can be output now.
    while (!upcoming.anyBefore(START.plusMillis(millis))) {
      millis += 1 + random.nextInt(BETWEEN);
      visit();
      if (random.nextInt(3) == 0) {
        upcoming.add(request());
      }
      if (random.nextInt(4) == 0) {
        upcoming.add(stock());
      }
      if (random.nextInt(20) == 0) {
        upcoming.add(entry(random.nextInt(TASTES.length), random.nextInt(PRODUCTS - 1), millis));
      }
      if (millis / REWEIGHED > weighed) {
        weighed = millis / REWEIGHED;
        upcoming.add(weights());
      }
    }
    return upcoming.next();
  }

  private void visit() {
    int user = random.nextInt(USERS);
    long later = 0;
    int steps = 2 + random.nextInt(4);
    for (int step = 0; step < steps; step++) {
      boolean own = random.nextInt(6) > 0;
      int taste = own ? taste(user) : random.nextInt(TASTES.length);
      // The lesser of two, so that the first products are the most popular.
      int product = Math.min(random.nextInt(PRODUCTS), random.nextInt(PRODUCTS));
      Kind kind = kind();
      boolean about = kind != Kind.SEARCH;
      Given<Activity> given = activity(later, user, kind, about ? code(taste, product) : null);
      upcoming.add(about && taste == taste(user) ? given.planted(TASTE) : given);
      // One in eight comes at the same time as the one before, so that ids decide.
      later += random.nextInt(8) == 0 ? 0 : 500 + random.nextInt(THINKING);
    }
  }

  /** The first taste is that of half of the users. */
  private static int taste(int user) {
    return user % 2 == 0 ? 0 : 1 + user / 2 % (TASTES.length - 1);
  }

  private Kind kind() {
    int dice = random.nextInt(20);
    return switch (dice) {
      case 0, 1, 2 -> Kind.ADD_TO_CART;
      case 3, 4 -> Kind.PURCHASE;
      case 5 -> Kind.WISHLIST;
      case 6 -> Kind.SEARCH;
      default -> Kind.PRODUCT_VIEW;
    };
  }

  private Given<Activity> activity(long later, int user, Kind kind, @Nullable String product) {
    return Recommendations.ACTIVITIES.given(
        new Activity(
            "A%08d".formatted(++made),
            at(later),
            "user-" + user,
            null,
            kind,
            product,
            null,
            null,
            kind == Kind.PURCHASE ? (Long) 49_900L : null,
            null,
            null,
            null,
            null,
            null));
  }

  /** One in five is for somebody of whom nothing is known. */
  private Given<RecommendationRequest> request() {
    String user = random.nextInt(5) == 0 ? "guest-" + made : "user-" + random.nextInt(USERS);
    return Recommendations.REQUESTS.given(
        new RecommendationRequest("Q%08d".formatted(++made), at(random.nextInt(THINKING)), user));
  }

  /** One in three is sold out. */
  private Given<ProductStock> stock() {
    String product = code(random.nextInt(TASTES.length), random.nextInt(PRODUCTS));
    return Recommendations.STOCK.given(
        new ProductStock(
            "S%08d".formatted(++made),
            at(random.nextInt(THINKING)),
            product,
            random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(90),
            50));
  }

  /** Odd versions give likeness more weight than even ones. */
  private Given<EnsembleWeights> weights() {
    boolean odd = weighed % 2 == 1;
    return Recommendations.WEIGHTS.given(
        new EnsembleWeights(
            "W%08d".formatted(++made),
            at(0),
            "v" + weighed,
            odd ? 0.5 : 0.7,
            odd ? 0.4 : 0.2,
            0.1));
  }

  private Given<CatalogueProduct> entry(int taste, int product, long atMillis) {
    int discount = atMillis == 0 ? 0 : random.nextInt(60);
    return Recommendations.CATALOGUE.given(
        new CatalogueProduct(
            "C%08d".formatted(++made),
            START.plusMillis(atMillis),
            code(taste, product),
            CATEGORIES[(taste + product) % CATEGORIES.length],
            product % 6 == 5 ? null : BRANDS[(2 * taste + product) % BRANDS.length],
            (100L - discount) * (199 + 150L * product)));
  }

  private Instant at(long later) {
    return START.plusMillis(millis + later);
  }

  private static String code(int taste, int product) {
    return "%s-%02d".formatted(TASTES[taste], product + 1);
  }
}
