package dhara.pipelines.commerce.demand;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.pipelines.commerce.Activity;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.join.Versioned;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.revision.DeriveValues;
import dhara.transforms.tally.Decayed;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How much products are wanted now, and what to ask for them.
 *
 * <pre>
 *   activities ─▶ by product ─▶ 30 min, each minute ─▶ decay ─┬─▶ demand
 *                                                             │
 *   catalogue ─────────────▶ (as of the window's end) ────────┤
 *   stock ─────────────────▶ (as of the window's end) ────────┤
 *   competitor-prices ─────▶ (as of the window's end) ────────┴─▶ suggest ─▶ prices
 * </pre>
 *
 * <p>A view gives 1 point, a cart 5, a purchase 10, a place on a wish list 2. A point counts half
 * after each half-life before the end of the window. The demand is a hundredth of the points, at
 * most the cap. It is the same to the last bit whatever the order of events ({@link Decayed}).
 *
 * <p>A price begins with {@code MRP · f}, where
 *
 * <pre>
 *   f = base + demandPart · demand / cap − stockPart · pressure      by default 0.9, 0.1, 0.1
 *   pressure = min(1, units / targetUnits − 1)                       −1 without units; 0 if not known
 * </pre>
 *
 * <p>It is at most the MRP and at most 1.02 times the lowest competitor's price, and at least what
 * leaves the target margin: {@code cost / (1 − margin)}. If these contradict, the margin counts
 * more than the competitor, and the MRP more than the margin. A product that the catalogue did not
 * have at the end of the window has no price. Money is in minor units of the currency.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class ProductDemand implements Analysis<ProductDemand.Options> {

  /** What is in demand. */
  public record Product(String product) {}

  /**
   * What was done with a product in a window.
   *
   * @param views how often it was looked at
   * @param carts how often it was put into a cart
   * @param purchases how often it was paid
   * @param wishlisted how often it was put onto a wish list
   * @param demand hundredths of points as of the end of the window, at most the cap
   */
  public record Demand(long views, long carts, long purchases, long wishlisted, double demand) {}

  /**
   * What to ask for a product as of the end of a window.
   *
   * @param suggestedMinor the suggested price
   * @param bound which bound it is at
   * @param wantedMinor {@code mrpMinor · factor}
   * @param factor f, see {@link ProductDemand}
   * @param demand the demand of the window
   * @param stockUnits units in stock; null if not known
   * @param stockPressure from -1, too few, to 1, too many
   * @param mrpMinor the highest price at which it may be sold
   * @param marginFloorMinor the least price that leaves the target margin
   * @param competitor who has the lowest price; null if no offer is known
   * @param competitorMinor this price
   */
  public record Price(
      long suggestedMinor,
      Bound bound,
      long wantedMinor,
      double factor,
      double demand,
      @Nullable Long stockUnits,
      double stockPressure,
      long mrpMinor,
      long marginFloorMinor,
      @Nullable String competitor,
      @Nullable Long competitorMinor) {}

  /** What keeps a price from being what demand and stock would make it. */
  public enum Bound {
    /** Nothing. */
    NONE,
    /** It may not be sold for more. */
    MRP,
    /** A competitor is cheaper. */
    COMPETITOR,
    /** The target margin needs more. */
    MARGIN
  }

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("Points of a view, e.g. --viewPoints=1")
    @Default.Integer(1)
    @AtLeast(0)
    int getViewPoints();

    void setViewPoints(int value);

    @Description("Points of putting a product into the cart, e.g. --cartPoints=5")
    @Default.Integer(5)
    @AtLeast(0)
    int getCartPoints();

    void setCartPoints(int value);

    @Description("Points of a purchase, e.g. --purchasePoints=10")
    @Default.Integer(10)
    @AtLeast(0)
    int getPurchasePoints();

    void setPurchasePoints(int value);

    @Description("Points of putting a product onto the wish list, e.g. --wishlistPoints=2")
    @Default.Integer(2)
    @AtLeast(0)
    int getWishlistPoints();

    void setWishlistPoints(int value);

    @Description(
        "After this long a point counts half, at least a minute, ISO-8601, e.g. --halfLife=PT10M")
    @Default.InstanceFactory(Durations.TenMinutes.class)
    Duration getHalfLife();

    void setHalfLife(Duration value);

    @Description("The greatest demand, in hundreds of points, e.g. --demandCap=10")
    @Default.Double(10)
    double getDemandCap();

    void setDemandCap(double value);

    @Description(
        "Percent of the MRP that are asked without demand and with the right stock, e.g."
            + " --basePercent=90")
    @Default.Integer(90)
    @AtLeast(0)
    int getBasePercent();

    void setBasePercent(int value);

    @Description("Percent of the MRP more at the greatest demand, e.g. --demandPercent=10")
    @Default.Integer(10)
    @AtLeast(0)
    int getDemandPercent();

    void setDemandPercent(int value);

    @Description(
        "Percent of the MRP less with twice the right stock, and more without stock, e.g."
            + " --stockPercent=10")
    @Default.Integer(10)
    @AtLeast(0)
    int getStockPercent();

    void setStockPercent(int value);

    @Description("At most so many percent of the lowest competitor, e.g. --competitorPercent=102")
    @Default.Integer(102)
    @AtLeast(1)
    int getCompetitorPercent();

    void setCompetitorPercent(int value);
  }

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Input<CatalogueEntry> CATALOGUE =
      Input.reference("catalogue", CatalogueEntry.class, Versioned.by(CatalogueEntry::product))
          .asOptional();
  static final Input<ProductStock> STOCK =
      Input.reference("stock", ProductStock.class, Versioned.by(ProductStock::product))
          .asOptional();
  static final Input<CompetitorPrices> COMPETITORS =
      Input.reference(
              "competitor-prices", CompetitorPrices.class, Versioned.by(CompetitorPrices::product))
          .asOptional();
  static final Output<Product, Demand> DEMAND = new Output<>("demand", Product.class, Demand.class);
  static final Output<Product, Price> PRICES = new Output<>("prices", Product.class, Price.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("product-demand", Options.class)
        .summary("demand per product over sliding 30 min, and suggested prices")
        .reads(ACTIVITIES, CATALOGUE, STOCK, COMPETITORS)
        .answers(DEMAND, PRICES)
        .scenario(MadeUpDemand::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    Points points = Points.of(options);
    double cap = cap(options.getDemandCap());
    Pricing.Formula formula =
        new Pricing.Formula(
            options.getBasePercent(),
            options.getDemandPercent(),
            options.getStockPercent(),
            options.getCompetitorPercent(),
            cap);
    Windows windows = Windowing.of(options, Duration.ofMinutes(30), Duration.ofMinutes(1));

    PCollection<Answer<Product, Demand>> demand =
        flow.events(ACTIVITIES, windows)
            .apply("OfProducts", Filter.by(ProductDemand::isOfProduct))
            .apply(
                "Points",
                Answers.in(windows)
                    .perKey(
                        Product.class,
                        activity -> new Product(activity.product()),
                        TallyFn.of(Sums.class, points::sums)))
            .apply(
                "Demand",
                DeriveValues.of(
                    Demand.class, sums -> sums.value().demand(points.left(sums) / 100, cap)));
    flow.answers(DEMAND, demand);

    flow.answers(
        PRICES,
        demand
            .apply("Global", InGlobalWindow.into())
            .apply(
                "Pricing",
                DeriveValues.of(
                    Pricing.class,
                    of -> Pricing.of(of.key().product(), of.value().demand(), of.end())))
            .apply(
                "Catalogue",
                flow.reference(CATALOGUE, windows)
                    .keyedByValue(Pricing::id)
                    .intoAnswers(Pricing.class, (of, entry) -> of.with(entry.orElse(null))))
            .apply(
                "Stock",
                flow.reference(STOCK, windows)
                    .keyedByValue(Pricing::id)
                    .intoAnswers(Pricing.class, (of, stock) -> of.with(stock.orElse(null))))
            .apply(
                "Competitors",
                flow.reference(COMPETITORS, windows)
                    .keyedByValue(Pricing::id)
                    .intoAnswers(Pricing.class, (of, offers) -> of.with(offers.orElse(null))))
            .apply("Suggest", DeriveAnswers.of(Price.class, of -> of.suggest(formula))));
  }

  private static boolean isOfProduct(Activity activity) {
    return activity.product() != null
        && switch (activity.kind()) {
          case PRODUCT_VIEW, ADD_TO_CART, PURCHASE, WISHLIST -> true;
          case PAGE_VIEW, SEARCH, CHECKOUT -> false;
        };
  }

  private static double cap(double cap) {
    if (!(cap > 0 && cap < 1e9)) {
      throw new BadOption(
          "--demandCap", cap, "must be above zero and below a billion, e.g. --demandCap=10");
    }
    return cap;
  }

  /** What activities count. */
  private record Points(int view, int cart, int purchase, int wishlist, Duration halfLife)
      implements Serializable {

    private static Points of(Options options) {
      Duration halfLife = options.getHalfLife();
      if (halfLife.compareTo(Decayed.LEAST_HALF_LIFE) < 0) {
        throw new BadOption(
            "--halfLife", halfLife, "must be a minute or longer, e.g. --halfLife=PT10M");
      }
      return new Points(
          few("--viewPoints", options.getViewPoints()),
          few("--cartPoints", options.getCartPoints()),
          few("--purchasePoints", options.getPurchasePoints()),
          few("--wishlistPoints", options.getWishlistPoints()),
          halfLife);
    }

    private static int few(String option, int points) {
      if (points > Decayed.MOST) {
        throw new BadOption(
            option, points, "must be at most %,d, e.g. %s=5".formatted(Decayed.MOST, option));
      }
      return points;
    }

    private Sums sums(Activity activity) {
      return switch (activity.kind()) {
        case PRODUCT_VIEW -> new Sums(1, 0, 0, 0, decayed(view, activity));
        case ADD_TO_CART -> new Sums(0, 1, 0, 0, decayed(cart, activity));
        case PURCHASE -> new Sums(0, 0, 1, 0, decayed(purchase, activity));
        case WISHLIST -> new Sums(0, 0, 0, 1, decayed(wishlist, activity));
        case PAGE_VIEW, SEARCH, CHECKOUT ->
            throw new IllegalArgumentException("gives no points: " + activity);
      };
    }

    private Decayed decayed(int points, Activity activity) {
      return Decayed.of(points, activity.at(), halfLife);
    }

    /** What is left of points at the end of their window. */
    private double left(Answer<Product, Sums> sums) {
      return sums.value().points.at(sums.end(), halfLife);
    }
  }

  /** Activities, added up. */
  private record Sums(long views, long carts, long purchases, long wishlisted, Decayed points) {

    private Demand demand(double uncapped, double cap) {
      return new Demand(views, carts, purchases, wishlisted, Math.min(cap, uncapped));
    }
  }
}
