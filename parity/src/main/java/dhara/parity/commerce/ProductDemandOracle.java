package dhara.parity.commerce;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.demand.CatalogueEntry;
import dhara.pipelines.commerce.demand.CompetitorPrices;
import dhara.pipelines.commerce.demand.CompetitorPrices.Offer;
import dhara.pipelines.commerce.demand.ProductDemand;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Goes through the activities of each window, and searches what was known of the product at its
 * end.
 */
@AutoService(Oracle.class)
public final class ProductDemandOracle implements Oracle {

  @Override
  public String analysis() {
    return "product-demand";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT10M",
            "--every=PT150S",
            "--viewPoints=3",
            "--cartPoints=4",
            "--purchasePoints=5",
            "--wishlistPoints=6",
            "--halfLife=PT3M",
            "--demandCap=2.5",
            "--basePercent=80",
            "--demandPercent=30",
            "--stockPercent=20",
            "--competitorPercent=95"));
  }

  @Override
  public long testEvents() {
    return 700;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    ProductDemand.Options options = given.as(ProductDemand.Options.class);
    List<Activity> activities =
        inputs.of("activities", Activity.class).stream()
            .filter(each -> each.product() != null && points(each, options) != null)
            .toList();
    List<String> demands = new ArrayList<>();
    List<String> prices = new ArrayList<>();
    Box.fill(activities, Activity::product, options, Duration.ofMinutes(30), Duration.ofMinutes(1))
        .forEach(
            (box, of) -> {
              double demand =
                  Math.min(options.getDemandCap(), points(of, box.end(), options) / 100);
              String about = "{\"product\":\"%s\",%s,".formatted(box.key(), box.window());
              demands.add(
                  about
                      + "\"views\":%d,\"carts\":%d,\"purchases\":%d,\"wishlisted\":%d,\"demand\":%s}"
                          .formatted(
                              count(of, Kind.PRODUCT_VIEW),
                              count(of, Kind.ADD_TO_CART),
                              count(of, Kind.PURCHASE),
                              count(of, Kind.WISHLIST),
                              demand));
              CatalogueEntry entry =
                  last(inputs, "catalogue", CatalogueEntry.class, CatalogueEntry::product, box);
              if (entry != null) {
                prices.add(
                    about
                        + price(
                            demand,
                            entry,
                            last(inputs, "stock", ProductStock.class, ProductStock::product, box),
                            last(
                                inputs,
                                "competitor-prices",
                                CompetitorPrices.class,
                                CompetitorPrices::product,
                                box),
                            options)
                        + "}");
              }
            });
    return Map.of("demand", demands, "prices", prices);
  }

  private static long count(List<Activity> of, Kind kind) {
    return of.stream().filter(each -> each.kind() == kind).count();
  }

  private static @Nullable Integer points(Activity of, ProductDemand.Options options) {
    return switch (of.kind()) {
      case PRODUCT_VIEW -> options.getViewPoints();
      case ADD_TO_CART -> options.getCartPoints();
      case PURCHASE -> options.getPurchasePoints();
      case WISHLIST -> options.getWishlistPoints();
      default -> null;
    };
  }

  /** By definition, points are rounded to 2^-32 at the end of their minute. */
  private static double points(List<Activity> of, Instant end, ProductDemand.Options options) {
    Map<Instant, BigDecimal> minutes = new TreeMap<>();
    for (Activity each : of) {
      Instant next = each.at().truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
      BigDecimal left =
          new BigDecimal(points(each, options) * left(each.at(), next, options))
              .multiply(BigDecimal.valueOf(4_294_967_296L))
              .setScale(0, RoundingMode.HALF_UP);
      minutes.merge(next, left, BigDecimal::add);
    }
    double sum = 0;
    for (Map.Entry<Instant, BigDecimal> minute : minutes.entrySet()) {
      sum +=
          minute.getValue().doubleValue() / 4_294_967_296.0 * left(minute.getKey(), end, options);
    }
    return sum;
  }

  private static double left(Instant from, Instant until, ProductDemand.Options options) {
    double halves =
        (double) Duration.between(from, until).toMillis() / options.getHalfLife().toMillis();
    return StrictMath.pow(0.5, halves);
  }

  /** What held at the last millisecond of a window. */
  private static <T extends Record & Event> @Nullable T last(
      Inputs inputs, String input, Class<T> type, Function<T, String> product, Box<String> box) {
    return inputs.of(input, type).stream()
        .filter(each -> product.apply(each).equals(box.key()) && each.at().isBefore(box.end()))
        .max(Comparator.<T, Instant>comparing(Event::at).thenComparing(Event::id))
        .orElse(null);
  }

  private static String price(
      double demand,
      CatalogueEntry entry,
      @Nullable ProductStock stock,
      @Nullable CompetitorPrices offers,
      ProductDemand.Options options) {
    double pressure =
        stock == null ? 0 : Math.min(1, (double) stock.units() / stock.targetUnits() - 1);
    double factor =
        (options.getBasePercent()
                + options.getDemandPercent() * (demand / options.getDemandCap())
                - options.getStockPercent() * pressure)
            / 100;
    BigDecimal mrp = BigDecimal.valueOf(entry.mrpMinor());
    BigDecimal wanted = BigDecimal.valueOf(Math.round(entry.mrpMinor() * factor));
    BigDecimal floor =
        BigDecimal.valueOf(entry.costMinor())
            .divide(
                new BigDecimal("1").subtract(new BigDecimal(String.valueOf(entry.targetMargin()))),
                0,
                RoundingMode.CEILING);
    Offer lowest = null;
    for (Offer offer : offers == null ? List.<Offer>of() : offers.offers()) {
      if (lowest == null
          || offer.priceMinor() < lowest.priceMinor()
          || (offer.priceMinor() == lowest.priceMinor()
              && offer.competitor().compareTo(lowest.competitor()) < 0)) {
        lowest = offer;
      }
    }
    BigDecimal most =
        lowest == null
            ? mrp
            : BigDecimal.valueOf(lowest.priceMinor())
                .multiply(BigDecimal.valueOf(options.getCompetitorPercent()))
                .divide(BigDecimal.valueOf(100), 0, RoundingMode.DOWN);
    BigDecimal suggested = wanted.min(mrp).min(most).max(floor).min(mrp);
    String bound = "NONE";
    if (floor.compareTo(wanted.min(mrp).min(most)) > 0) {
      bound = "MARGIN";
    } else if (most.compareTo(wanted.min(mrp)) < 0) {
      bound = "COMPETITOR";
    } else if (wanted.compareTo(mrp) > 0) {
      bound = "MRP";
    }
    return """
        "suggested_minor":%s,"bound":"%s","wanted_minor":%s,"factor":%s,"demand":%s,\
        "stock_units":%s,"stock_pressure":%s,"mrp_minor":%s,"margin_floor_minor":%s,\
        "competitor":%s,"competitor_minor":%s"""
        .formatted(
            suggested,
            bound,
            wanted,
            factor,
            demand,
            stock == null ? null : stock.units(),
            pressure,
            mrp,
            floor,
            lowest == null ? null : "\"" + lowest.competitor() + "\"",
            lowest == null ? null : lowest.priceMinor());
  }
}
