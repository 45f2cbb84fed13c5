package dhara.pipelines.commerce;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.revision.DeriveAnswers;
import dhara.transforms.tally.Average;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Rate;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.values.PCollection;

/**
 * How many visitors of a shop buy, and where the others leave.
 *
 * <pre>
 *   activities ─▶ by device (or channel, …) ─▶ per 5 min ─▶ visits ─┬─▶ conversion
 *                                                                   └─▶ funnel
 * </pre>
 *
 * <p>A visitor is a user with any activity in the window. The funnel is closed: a visitor has
 * reached a step if they have done it and all steps before it within the window, in any order. So
 * each step has at most as many visitors as the one before. Users are counted exactly, by their
 * ids, which a window keeps until it closes. Money is in minor units of the currency.
 *
 * <p>Purchases have no order, so what a user pays at one moment counts as one order.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes") // a service is named without its type parameter
public final class ShopConversion implements Analysis<ShopConversion.Options> {

  /**
   * The visits of a window.
   *
   * @param pageViews pages seen; {@code PRODUCT_VIEW} is not one of them
   * @param productViews products looked at
   * @param visitors distinct users with any activity
   * @param carts distinct users who put something into the cart
   * @param checkouts distinct users who began to pay
   * @param buyers distinct users who paid
   * @param orders purchases, those of a user at one moment counting once
   * @param conversionPercent {@code 100 buyers / visitors}
   * @param revenueMinor what was paid
   * @param revenuePerVisitorMinor {@code revenueMinor / visitors}, rounded half up
   */
  public record Visits(
      long pageViews,
      long productViews,
      long visitors,
      long carts,
      long checkouts,
      long buyers,
      long orders,
      double conversionPercent,
      long revenueMinor,
      long revenuePerVisitorMinor) {}

  /** The funnel of a window, from the visit to the purchase. */
  public record Funnel(List<Step> steps) {}

  /**
   * A step of the funnel.
   *
   * @param step {@code VISIT} or the kind of activity
   * @param visitors who have done it and all before it
   * @param reachedPercent their share of all visitors
   * @param dropped how many did the step before it, but not this one
   * @param dropOffPercent their share of those who did the step before it; 0 for the first
   */
  public record Step(
      String step, long visitors, double reachedPercent, long dropped, double dropOffPercent) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description(
        "What visits are grouped by: device, platform, channel, city, or all for no groups, e.g."
            + " --by=channel")
    @Default.Enum("device")
    By getBy();

    void setBy(By value);
  }

  /** What visits are grouped by; an activity without it counts as {@code unknown}. */
  public enum By {
    /** The kind of device. */
    device,
    /** The application or browser. */
    platform,
    /** Where the user came from. */
    channel,
    /** Where the user is. */
    city,
    /** Nothing: all visits together. */
    all;

    private OrderMetrics.Dimension of(Activity activity) {
      Object name =
          switch (this) {
            case device -> activity.device();
            case platform -> activity.platform();
            case channel -> activity.channel();
            case city -> activity.city();
            case all -> "all";
          };
      return new OrderMetrics.Dimension(name(), Objects.toString(name, "unknown"));
    }
  }

  static final Input<Activity> ACTIVITIES = new Input<>("activities", Activity.class);
  static final Output<OrderMetrics.Dimension, Visits> CONVERSION =
      new Output<>("conversion", OrderMetrics.Dimension.class, Visits.class);
  static final Output<OrderMetrics.Dimension, Funnel> FUNNEL =
      new Output<>("funnel", OrderMetrics.Dimension.class, Funnel.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("conversion", Options.class)
        .summary("visitors, carts, checkouts, orders and the funnel per device and 5 min")
        .reads(ACTIVITIES)
        .answers(CONVERSION, FUNNEL)
        .scenario(MadeUpShoppers::generate);
  }

  @Override
  public void build(Flow flow, Options options) {
    By by = options.getBy();
    Windows windows = Windowing.of(options, Duration.ofMinutes(5));

    PCollection<Answer<OrderMetrics.Dimension, Shop>> visits =
        flow.events(ACTIVITIES, windows)
            .apply(
                "Visits",
                Answers.in(windows)
                    .perKey(
                        OrderMetrics.Dimension.class,
                        by::of,
                        TallyFn.of(Sums.class, Sums::of, Shop.class, Sums::shop)));

    flow.answers(
        CONVERSION, visits.apply("Conversion", DeriveAnswers.of(Visits.class, Shop::visits)));

    flow.answers(FUNNEL, visits.apply("Funnel", DeriveAnswers.of(Funnel.class, Shop::funnel)));
  }

  /** What both outputs are made of. */
  private record Shop(Visits visits, Funnel funnel) {}

  /** Activities, added up. */
  private record Sums(
      long pageViews,
      long productViews,
      Ids visitors,
      Ids viewers,
      Ids carts,
      Ids checkouts,
      Ids buyers,
      Ids orders,
      long revenueMinor) {

    private static Sums of(Activity activity) {
      Ids user = ids(activity.user());
      Activity.Kind kind = activity.kind();
      boolean buys = kind == Activity.Kind.PURCHASE;
      return new Sums(
          kind == Activity.Kind.PAGE_VIEW ? 1 : 0,
          kind == Activity.Kind.PRODUCT_VIEW ? 1 : 0,
          user,
          kind == Activity.Kind.PRODUCT_VIEW ? user : Ids.NONE,
          kind == Activity.Kind.ADD_TO_CART ? user : Ids.NONE,
          kind == Activity.Kind.CHECKOUT ? user : Ids.NONE,
          buys ? user : Ids.NONE,
          buys ? ids(activity.at().toEpochMilli() + " " + activity.user()) : Ids.NONE,
          buys ? Objects.requireNonNullElse(activity.amountMinor(), 0L) : 0);
    }

    /** Every id is kept, so counts are exact. */
    private static Ids ids(String id) {
      return Ids.of(id, Integer.MAX_VALUE);
    }

    private Shop shop() {
      long all = visitors.count();
      return new Shop(
          new Visits(
              pageViews,
              productViews,
              all,
              carts.count(),
              checkouts.count(),
              buyers.count(),
              orders.count(),
              new Rate(buyers.count(), all).percent(),
              revenueMinor,
              new Average(revenueMinor, all).rounded()),
          funnel());
    }

    private Funnel funnel() {
      List<Step> steps = new ArrayList<>();
      Set<String> left = new HashSet<>(visitors.sorted());
      step("VISIT", left, left.size(), steps);
      follow(Activity.Kind.PRODUCT_VIEW, viewers, left, steps);
      follow(Activity.Kind.ADD_TO_CART, carts, left, steps);
      follow(Activity.Kind.CHECKOUT, checkouts, left, steps);
      follow(Activity.Kind.PURCHASE, buyers, left, steps);
      return new Funnel(steps);
    }

    private void follow(Activity.Kind kind, Ids did, Set<String> left, List<Step> steps) {
      long before = left.size();
      left.retainAll(new HashSet<>(did.sorted()));
      step(kind.name(), left, before, steps);
    }

    private void step(String name, Set<String> left, long before, List<Step> steps) {
      long dropped = before - left.size();
      steps.add(
          new Step(
              name,
              left.size(),
              new Rate(left.size(), visitors.count()).percent(),
              dropped,
              new Rate(dropped, before).percent()));
    }
  }
}
