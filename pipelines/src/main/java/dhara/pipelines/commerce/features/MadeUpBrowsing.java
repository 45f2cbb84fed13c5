package dhara.pipelines.commerce.features;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visits to a shop by regulars, each of whom has a favourite category, and by guests, who
 * come back after more than an hour.
 *
 * <p>Planted is {@code fan} in the last activity of a user who looked at twelve products of one
 * category and did nothing else, and {@code return} in the first activity of a guest who comes
 * back, whose vector begins anew.
 */
final class MadeUpBrowsing {

  /** How many products a fan looks at. */
  static final int LOOKS = 12;

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final long AWAY = Duration.ofMinutes(61).toMillis();
  private static final String[] CATEGORIES = {"books", "phones", "shoes", "tea", "toys"};
  private static final int REGULARS = 12;
  private static final int PRODUCTS = 6;

  /** A guest who has gone, and when. */
  private record Gone(String user, long millis) {}

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private final Queue<Gone> gone = new ArrayDeque<>();
  private long millis;
  private long made;
  private int guests;
  private int fans;

  private MadeUpBrowsing(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first activities of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpBrowsing(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Activities that are due before the next visit can be output now.
    while (!upcoming.anyBefore(START.plusMillis(millis))) {
      millis += random.nextInt(150_000);
      int dice = random.nextInt(8);
      if (dice == 0) {
        fan();
      } else if (dice < 3) {
        guest();
      } else {
        int regular = random.nextInt(REGULARS);
        long unused = visit("user-" + regular, CATEGORIES[regular % CATEGORIES.length], "");
      }
    }
    return upcoming.next();
  }

  private void fan() {
    String user = "fan-" + ++fans;
    String category = CATEGORIES[fans % CATEGORIES.length];
    long later = 0;
    for (int look = 1; look <= LOOKS; look++) {
      add(later, user, Kind.PRODUCT_VIEW, product(category), category, look == LOOKS ? "fan" : "");
      later += random.nextInt(20_000);
    }
  }

  private void guest() {
    boolean back = !gone.isEmpty() && gone.peek().millis + AWAY <= millis;
    String user = back ? gone.remove().user : "guest-" + ++guests;
    long last = visit(user, CATEGORIES[random.nextInt(CATEGORIES.length)], back ? "return" : "");
    gone.add(new Gone(user, last));
  }

  /**
   * A visit.
   *
   * @param planted in its first activity
   * @return the time of its last activity, in milliseconds since the start
   */
  private long visit(String user, String favourite, String planted) {
    long later = 0;
    String product = null;
    String category = favourite;
    int steps = 3 + random.nextInt(10);
    for (int step = 0; step < steps; step++) {
      Kind kind = step == 0 ? Kind.PAGE_VIEW : kind(product != null);
      if (kind == Kind.PAGE_VIEW || kind == Kind.SEARCH) {
        category = random.nextInt(3) == 0 ? CATEGORIES[random.nextInt(5)] : favourite;
        product = null;
      } else if (kind == Kind.PRODUCT_VIEW) {
        product = product(category);
      }
      boolean home = kind == Kind.PAGE_VIEW && random.nextInt(4) == 0;
      add(later, user, kind, product, home ? null : category, step == 0 ? planted : "");
      if (step < steps - 1) {
        // One in ten comes at the same time as the one before, so that ids decide.
        later += random.nextInt(10) == 0 ? 0 : 500 + random.nextInt(25_000);
      }
    }
    return millis + later;
  }

  private Kind kind(boolean onProduct) {
    int dice = random.nextInt(20);
    if (!onProduct) {
      return dice < 13 ? Kind.PRODUCT_VIEW : dice < 17 ? Kind.PAGE_VIEW : Kind.SEARCH;
    }
    return switch (dice) {
      case 0, 1, 2, 3, 4 -> Kind.ADD_TO_CART;
      case 5 -> Kind.WISHLIST;
      case 6, 7 -> Kind.CHECKOUT;
      case 8, 9 -> Kind.PURCHASE;
      case 10, 11 -> Kind.PAGE_VIEW;
      default -> Kind.PRODUCT_VIEW;
    };
  }

  private String product(String category) {
    return "%s-%02d".formatted(category, random.nextInt(PRODUCTS));
  }

  private void add(
      long later,
      String user,
      Kind kind,
      @Nullable String product,
      @Nullable String category,
      String planted) {
    upcoming.add(
        FeatureStore.ACTIVITIES
            .given(
                new Activity(
                    "A%08d".formatted(++made),
                    START.plusMillis(millis + later),
                    user,
                    null,
                    kind,
                    product,
                    category,
                    null,
                    kind == Kind.PURCHASE ? (Long) (100L * (1 + random.nextInt(5_000))) : null,
                    null,
                    null,
                    null,
                    null,
                    null))
            .planted(planted));
  }
}
