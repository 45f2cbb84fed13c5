package dhara.pipelines.commerce;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import dhara.pipelines.commerce.Activity.Device;
import dhara.pipelines.commerce.Activity.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up visits that go through the steps from a page to a purchase; at each step some leave. One
 * in five buys a second product at the same moment.
 *
 * <p>Planted is {@code broken} in each checkout by {@code MOBILE} in the third of every four blocks
 * of five minutes: nobody pays with it then.
 */
final class MadeUpShoppers {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final Device[] DEVICES = {
    Device.MOBILE, Device.MOBILE, Device.MOBILE, Device.DESKTOP, Device.DESKTOP, Device.TABLET
  };
  private static final String[] CATEGORIES = {"books", "phones", "shoes"};
  private static final String[] CITIES = {"Chennai", "Delhi", "Pune"};
  private static final String[] CHANNELS = {"mail", "search"};
  private static final String[] PLATFORMS = {"app", "web"};
  private static final long BLOCK = Duration.ofMinutes(5).toMillis();
  private static final int USERS = 5_000;

  /** Who goes on from each step, in percent. */
  private static final int[] GO_ON = {90, 60, 80, 80};

  private static final Kind[] STEPS = {
    Kind.PAGE_VIEW, Kind.PRODUCT_VIEW, Kind.ADD_TO_CART, Kind.CHECKOUT, Kind.PURCHASE
  };

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;

  private MadeUpShoppers(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first activities of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new MadeUpShoppers(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Activities that are due before the next visit can be output now.
    while (!upcoming.anyBefore(START.plusMillis(millis))) {
      millis += random.nextInt(6_000);
      visit();
    }
    return upcoming.next();
  }

  private void visit() {
    int user = random.nextInt(USERS);
    Device device = random.nextInt(50) == 0 ? null : DEVICES[user % DEVICES.length];
    String category = CATEGORIES[random.nextInt(CATEGORIES.length)];
    String product = "%s-%02d".formatted(category, random.nextInt(8));
    long later = 0;
    for (int step = 0; step < STEPS.length; step++) {
      boolean broken = device == Device.MOBILE && (millis + later) / BLOCK % 4 == 2;
      if (STEPS[step] == Kind.PURCHASE && broken) {
        return;
      }
      Given<Activity> given = given(later, user, device, STEPS[step], category, product);
      upcoming.add(STEPS[step] == Kind.CHECKOUT && broken ? given.planted("broken") : given);
      if (STEPS[step] == Kind.PURCHASE && random.nextInt(5) == 0) {
        upcoming.add(given(later, user, device, STEPS[step], category, product + "-case"));
      }
      if (random.nextInt(6) == 0) {
        Kind aside = random.nextBoolean() ? Kind.SEARCH : Kind.WISHLIST;
        upcoming.add(given(later + 500, user, device, aside, category, product));
      }
      boolean failed = STEPS[step] == Kind.CHECKOUT && broken;
      if (step == GO_ON.length || failed || random.nextInt(100) >= GO_ON[step]) {
        return;
      }
      later += 1_000 + random.nextInt(12_000);
    }
  }

  private Given<Activity> given(
      long later, int user, @Nullable Device device, Kind kind, String category, String product) {
    return ShopConversion.ACTIVITIES.given(
        new Activity(
            "A%08d".formatted(++made),
            START.plusMillis(millis + later),
            "user-" + user,
            null,
            kind,
            kind == Kind.PAGE_VIEW || kind == Kind.SEARCH ? null : product,
            category,
            null,
            kind == Kind.PURCHASE ? (Long) (100L * (1 + random.nextInt(5_000))) : null,
            device,
            PLATFORMS[user % PLATFORMS.length],
            random.nextInt(20) == 0 ? null : CHANNELS[user % CHANNELS.length],
            CITIES[user % CITIES.length],
            null));
  }
}
