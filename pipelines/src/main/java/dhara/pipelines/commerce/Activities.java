package dhara.pipelines.commerce;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.commerce.Activity.Device;
import dhara.pipelines.commerce.Activity.Kind;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visits to a shop. A user thinks for less than half a minute between two activities, and
 * comes again after more than half an hour, so each visit is a session of its own. Some buy; some
 * go on with another device.
 */
final class Activities {

  /** What is planted in the first activity of a visit. */
  static final String VISIT = "visit";

  /** What is planted in a purchase. */
  static final String PURCHASE = "purchase";

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final String[] CATEGORIES = {"books", "shoes", "phones", "tea", "toys"};
  private static final Device[] DEVICES = {Device.MOBILE, Device.DESKTOP, Device.TABLET};
  private static final String[] CITIES = {"Pune", "Delhi", "Chennai"};

  /** Longer than the gap of a session. */
  private static final long AWAY_MILLIS = 31 * 60_000L;

  /** A user who has gone, and when. */
  private record Gone(String user, long millis) {}

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private final Queue<Gone> gone = new ArrayDeque<>();
  private long millis;
  private long made;
  private int users;
  private int sessions;

  private Activities(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The first {@code count} activities of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new Activities(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Activities that are due before the next visit can be output now.
    while (!upcoming.anyBefore(START.plusMillis(millis))) {
      visit();
    }
    return upcoming.next();
  }

  private void visit() {
    millis += random.nextInt(20_000);
    String user =
        gone.isEmpty() || gone.peek().millis + AWAY_MILLIS > millis
            ? "user-" + ++users
            : gone.remove().user;
    String session = session();
    Device device = DEVICES[random.nextInt(DEVICES.length)];
    String city = CITIES[random.nextInt(CITIES.length)];
    String category = CATEGORIES[random.nextInt(CATEGORIES.length)];
    String product = null;
    long later = 0;
    int steps = 2 + random.nextInt(14);
    for (int step = 0; step < steps; step++) {
      Kind kind = step == 0 ? Kind.PAGE_VIEW : kind(product != null);
      if (kind == Kind.PAGE_VIEW || kind == Kind.SEARCH) {
        category = CATEGORIES[random.nextInt(CATEGORIES.length)];
        product = null;
      } else if (kind == Kind.PRODUCT_VIEW) {
        product = "%s-%02d".formatted(category, random.nextInt(20));
      }
      if (random.nextInt(25) == 0) {
        device = DEVICES[random.nextInt(DEVICES.length)];
        session = session();
      }
      boolean home = step == 0 && random.nextBoolean();
      Given<Activity> given =
          CustomerJourney.ACTIVITIES.given(
              activity(later, user, session, kind, product, home ? null : category, device, city));
      upcoming.add(
          step == 0
              ? given.planted(VISIT)
              : kind == Kind.PURCHASE ? given.planted(PURCHASE) : given);
      // One in ten comes at the same time as the one before, so that ids decide.
      later += random.nextInt(10) == 0 ? 0 : 500 + random.nextInt(25_000);
    }
    gone.add(new Gone(user, millis + later));
  }

  private Kind kind(boolean onProduct) {
    int dice = random.nextInt(20);
    if (!onProduct) {
      return dice < 10 ? Kind.PRODUCT_VIEW : dice < 16 ? Kind.PAGE_VIEW : Kind.SEARCH;
    }
    return switch (dice) {
      case 0, 1, 2, 3, 4 -> Kind.ADD_TO_CART;
      case 5 -> Kind.WISHLIST;
      case 6 -> Kind.CHECKOUT;
      case 7 -> Kind.PURCHASE;
      case 8, 9, 10 -> Kind.PAGE_VIEW;
      default -> Kind.PRODUCT_VIEW;
    };
  }

  private Activity activity(
      long later,
      String user,
      @Nullable String session,
      Kind kind,
      @Nullable String product,
      @Nullable String category,
      Device device,
      String city) {
    return new Activity(
        "A%08d".formatted(++made),
        START.plusMillis(millis + later),
        user,
        session,
        kind,
        product,
        category,
        null,
        kind == Kind.PURCHASE ? (Long) (100L * (1 + random.nextInt(5_000))) : null,
        device,
        null,
        null,
        city,
        null);
  }

  /** One client in five has no sessions. */
  private @Nullable String session() {
    return random.nextInt(5) == 0 ? null : "S%06d".formatted(++sessions);
  }
}
