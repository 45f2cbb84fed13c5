package dhara.pipelines.commerce;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
import dhara.options.Durations;
import dhara.options.RunningOptions;
import dhara.options.WindowOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.pipelines.Scenario;
import dhara.pipelines.Windowing;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.aggregate.Answers;
import dhara.transforms.aggregate.KeyBy;
import dhara.transforms.aggregate.LatestFn;
import dhara.transforms.tally.Ids;
import dhara.transforms.tally.Max;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Metrics of incoming orders: their number and value, and the best-selling products.
 *
 * <pre>
 *               ┌─▶ by category (or country, city) ─▶ per minute ─▶ metrics
 *   order lines ┼─▶ by category (or country, city) ─▶ since midnight ─▶ totals
 *               └─▶ by product, with at least 10 orders ─▶ per 15 min ─▶ the best ─▶ top
 * </pre>
 *
 * <p>A line with a negative quantity is a cancellation: it is counted as such, and does not reduce
 * the gross merchandise value (GMV) of its window. Orders and buyers are counted exactly, by their
 * ids, which a window keeps until it closes. Money is in minor units of the currency.
 *
 * <p>The totals are running totals: a stream updates them every ten seconds, and they settle when
 * the day ends in {@code --timeZone}.
 */
@AutoService(Analysis.class)
@SuppressWarnings("rawtypes")
public final class OrderMetrics implements Analysis<OrderMetrics.Options> {

  /** What a metric is about, e.g. {@code category, books}. */
  public record Dimension(String dimension, String name) {}

  /**
   * Orders of a dimension in a window.
   *
   * @param orders distinct orders that bought something
   * @param buyers distinct customers of these orders; lines without a customer count none
   * @param gmvMinor value of the units bought
   * @param averageOrderMinor {@code gmvMinor / orders}, rounded half up; 0 without orders
   * @param items units bought
   * @param cancellations distinct orders with cancelled units
   * @param cancelledMinor value of the units cancelled, above zero
   * @param lastOrderAt when the last of these orders came; null without orders
   */
  public record Metrics(
      long orders,
      long buyers,
      long gmvMinor,
      long averageOrderMinor,
      long items,
      long cancellations,
      long cancelledMinor,
      @Nullable Instant lastOrderAt) {}

  /** What products are ranked by: {@code gmv}. */
  public record Ranking(String rankedBy) {}

  /** The best products of a window, best first; ties are ordered by code. */
  public record Top(List<Product> products) {}

  /** A product among the best. */
  public record Product(
      int rank,
      String product,
      long orders,
      long buyers,
      long items,
      long gmvMinor,
      Instant lastOrderAt) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions, RunningOptions {

    @Description(
        "The dimension that metrics are grouped by: category, country or city, e.g. "
            + "--by=country")
    @Default.Enum("category")
    By getBy();

    void setBy(By value);

    @Description("Width of the windows of the top products, ISO-8601, e.g. --topWindow=PT15M")
    @Default.InstanceFactory(Durations.FifteenMinutes.class)
    Duration getTopWindow();

    void setTopWindow(Duration value);

    @Description("How many top products are listed, e.g. --topCount=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getTopCount();

    void setTopCount(int value);

    @Description("How many orders a product needs in a window to be listed, e.g. --topOrders=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getTopOrders();

    void setTopOrders(int value);
  }

  /** The dimensions of metrics; an event without one counts as {@code unknown}. */
  public enum By {
    /** The product's category. */
    category,
    /** The customer's country. */
    country,
    /** The customer's city. */
    city;

    private Dimension of(OrderLine line) {
      String name =
          switch (this) {
            case category -> line.category();
            case country -> line.country();
            case city -> line.city();
          };
      return new Dimension(name(), name == null ? "unknown" : name);
    }
  }

  static final Input<OrderLine> LINES = new Input<>("orders", OrderLine.class);
  static final Output<Dimension, Metrics> METRICS =
      new Output<>("metrics", Dimension.class, Metrics.class);
  static final Output<Dimension, Metrics> TOTALS =
      new Output<>("totals", Dimension.class, Metrics.class);
  static final Output<Ranking, Top> TOP = new Output<>("top", Ranking.class, Top.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("order-metrics", Options.class)
        .summary(
            "orders, buyers, GMV and cancellations per minute and day; top products per 15 min")
        .reads(LINES)
        .answers(METRICS, TOP, TOTALS)
        .scenario(Scenario.of(LINES, OrderLines::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    By by = options.getBy();
    int most = options.getTopCount();
    long orders = options.getTopOrders();
    Windows windows = Windowing.of(options);
    Windows topWindows = Windowing.tumbling("--topWindow", options.getTopWindow(), options);
    Windows days = Windowing.running(options);
    PCollection<OrderLine> lines = flow.events(LINES, windows, topWindows, days);

    flow.answers(
        METRICS,
        lines.apply("Metrics", Answers.in(windows).perKey(Dimension.class, by::of, sums(0))));

    flow.answers(
        TOP,
        lines
            .apply(
                "Products",
                Answers.in(topWindows)
                    .perKey(Code.class, line -> new Code(line.product()), sums(orders)))
            .apply("Rank", KeyBy.record(Ranking.class, product -> new Ranking("gmv")))
            .apply("Top", Answers.perKey(LatestFn.of(best(most), Top.class))));

    flow.answers(
        TOTALS, lines.apply("Totals", Answers.in(days).perKey(Dimension.class, by::of, sums(0))));
  }

  /** Every id is kept, so counts are exact. */
  private static final int ALL = Integer.MAX_VALUE;

  private record Code(String product) {}

  /** Lines of orders, added up. */
  private record Sums(
      Ids orders,
      Ids buyers,
      long gmvMinor,
      long items,
      Ids cancellations,
      long cancelledMinor,
      @Nullable @Max Instant lastOrderAt) {

    static Sums of(OrderLine line) {
      Ids order = Ids.of(line.order(), ALL);
      if (line.quantity() < 0) {
        return new Sums(Ids.NONE, Ids.NONE, 0, 0, order, -line.valueMinor(), null);
      }
      Ids buyer = line.customer() == null ? Ids.NONE : Ids.of(line.customer(), ALL);
      return new Sums(order, buyer, line.valueMinor(), line.quantity(), Ids.NONE, 0, line.at());
    }

    Metrics metrics() {
      long count = orders.count();
      return new Metrics(
          count,
          buyers.count(),
          gmvMinor,
          count == 0 ? 0 : (gmvMinor + count / 2) / count,
          items,
          cancellations.count(),
          cancelledMinor,
          lastOrderAt);
    }
  }

  /**
   * Adds up order lines.
   *
   * @param leastOrders with fewer orders there is no answer, and an earlier one is withdrawn
   */
  private static TallyFn<OrderLine, Sums, Metrics> sums(long leastOrders) {
    return TallyFn.of(
        Sums.class,
        Sums::of,
        Metrics.class,
        sums -> sums.orders().count() < leastOrders ? null : sums.metrics());
  }

  private static SerializableFunction<Collection<Answer<Code, Metrics>>, Top> best(int most) {
    return products -> {
      List<Answer<Code, Metrics>> best =
          products.stream()
              .sorted(
                  Comparator.comparing((Answer<Code, Metrics> p) -> -p.value().gmvMinor())
                      .thenComparing(p -> p.key().product()))
              .limit(most)
              .toList();
      List<Product> ranked = new ArrayList<>();
      for (Answer<Code, Metrics> p : best) {
        Metrics m = p.value();
        ranked.add(
            new Product(
                ranked.size() + 1,
                p.key().product(),
                m.orders(),
                m.buyers(),
                m.items(),
                m.gmvMinor(),
                m.lastOrderAt()));
      }
      return new Top(ranked);
    };
  }
}
