package dhara.pipelines.commerce.demand;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.demand.CompetitorPrices.Offer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Made-up minutes of a shop with eight products. Each minute the stock of one product is counted,
 * and competitors' prices of another are compared; the catalogue changes now and then.
 *
 * <p>Planted is {@code surge} in each activity of a surge: five minutes of every thirty in which
 * one product is wanted much more than all others, until there are few left of it and no competitor
 * offers it.
 */
final class MadeUpDemand {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final int PRODUCTS = 8;
  private static final int MINUTE = 60_000;
  private static final int PER_MINUTE = 16;
  private static final int SURGE_PER_MINUTE = 40;
  private static final int EVERY = 30;
  private static final int FROM = 10;
  private static final int LASTING = 5;

  private static final Kind[] KINDS = {
    Kind.PRODUCT_VIEW,
    Kind.PRODUCT_VIEW,
    Kind.PRODUCT_VIEW,
    Kind.PRODUCT_VIEW,
    Kind.ADD_TO_CART,
    Kind.WISHLIST,
    Kind.CHECKOUT,
    Kind.PAGE_VIEW,
    Kind.SEARCH
  };
  private static final Kind[] SURGING = {
    Kind.PURCHASE, Kind.PURCHASE, Kind.PURCHASE, Kind.ADD_TO_CART
  };

  private final SplittableRandom random;
  private long made;

  private MadeUpDemand(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The first events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpDemand all = new MadeUpDemand(seed);
    return IntStream.iterate(0, minute -> minute + 1)
        .boxed()
        .<Given<?>>flatMap(minute -> all.minute(minute).stream())
        .limit(count);
  }

  private List<Given<?>> minute(int minute) {
    List<Given<?>> events = new ArrayList<>();
    if (minute == 0) {
      for (int product = 0; product < PRODUCTS - 1; product++) {
        events.add(entry(0, product));
      }
    } else if (minute % 7 == 0) {
      events.add(entry(minute, random.nextInt(PRODUCTS - 1)));
    }
    events.add(stock(minute, random.nextInt(PRODUCTS), random.nextInt(250)));
    events.add(offers(minute, random.nextInt(PRODUCTS), random.nextInt(4)));
    for (int i = 0; i < PER_MINUTE; i++) {
      events.add(activity(minute, random.nextInt(PRODUCTS), KINDS[random.nextInt(KINDS.length)]));
    }
    if (minute % EVERY >= FROM && minute % EVERY < FROM + LASTING) {
      int product = minute / EVERY * 3 % PRODUCTS;
      if (minute % EVERY >= FROM + 2) {
        events.add(stock(minute, product, random.nextInt(10)));
        events.add(offers(minute, product, 0));
      }
      for (int i = 0; i < SURGE_PER_MINUTE; i++) {
        events.add(
            activity(minute, product, SURGING[random.nextInt(SURGING.length)]).planted("surge"));
      }
    }
    events.sort(
        Comparator.comparing((Given<?> given) -> given.event().at())
            .thenComparing(given -> given.event().id()));
    return events;
  }

  private Instant at(int minute) {
    return START.plusMillis((long) minute * MINUTE + random.nextInt(MINUTE));
  }

  private Given<CatalogueEntry> entry(int minute, int product) {
    return ProductDemand.CATALOGUE.given(
        new CatalogueEntry(
            "C%08d".formatted(++made),
            minute == 0 ? START : at(minute),
            code(product),
            mrp(product),
            mrp(product) * (60 + random.nextInt(20)) / 100,
            (10 + random.nextInt(15)) / 100.0));
  }

  private Given<ProductStock> stock(int minute, int product, long units) {
    return ProductDemand.STOCK.given(
        new ProductStock("S%08d".formatted(++made), at(minute), code(product), units, 100));
  }

  private Given<CompetitorPrices> offers(int minute, int product, int competitors) {
    List<Offer> offers = new ArrayList<>();
    for (int competitor = competitors; competitor > 0; competitor--) {
      offers.add(new Offer("shop-" + competitor, mrp(product) * (80 + random.nextInt(25)) / 100));
    }
    return ProductDemand.COMPETITORS.given(
        new CompetitorPrices("P%08d".formatted(++made), at(minute), code(product), offers));
  }

  private static String code(int product) {
    return "P%02d".formatted(product);
  }

  private static long mrp(int product) {
    return 49_900 + 10_000L * product;
  }

  private Given<Activity> activity(int minute, int product, Kind kind) {
    return ProductDemand.ACTIVITIES.given(
        new Activity(
            "A%08d".formatted(++made),
            at(minute),
            "user-" + random.nextInt(300),
            null,
            kind,
            kind == Kind.SEARCH ? null : code(product),
            null,
            null,
            kind == Kind.PURCHASE ? (Long) mrp(product) : null,
            null,
            null,
            null,
            null,
            null));
  }
}
