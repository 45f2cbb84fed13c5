package dhara.pipelines.commerce;

import com.google.auto.service.AutoService;
import dhara.options.AtLeast;
import dhara.options.DharaOptions;
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
import dhara.transforms.tally.Tally;
import dhara.transforms.tally.TallyFn;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/**
 * Orders as they come in: how many, worth how much, and which products lead.
 *
 * <pre>
 *              ┌─▶ by category (or country, city) ─▶ per minute ─▶ metrics
 *   order lines┤
 *              └─▶ by product ─▶ per 15 min ─▶ at least 10 orders ─▶ the best ─▶ top
 * </pre>
 *
 * <p>A line with a negative quantity is a cancellation: it counts as such, and takes nothing from
 * the gross merchandise value (GMV) of the window it falls in. Orders are counted exactly, by their
 * ids. Money is in minor units of the currency.
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
   * @param gmvMinor value of the units bought
   * @param averageOrderMinor {@code gmvMinor / orders}, rounded half up; 0 without orders
   * @param items units bought
   * @param cancellations distinct orders with cancelled units
   * @param cancelledMinor value of the units cancelled, above zero
   */
  public record Metrics(
      long orders,
      long gmvMinor,
      long averageOrderMinor,
      long items,
      long cancellations,
      long cancelledMinor) {}

  /** What products are ranked by: {@code gmv}. */
  public record Ranking(String rankedBy) {}

  /** The best products of a window, best first; of two with one value, the first by code. */
  public record Top(List<Product> products) {}

  /** A product among the best. */
  public record Product(int rank, String product, long orders, long items, long gmvMinor) {}

  /** The options that this analysis adds. */
  public interface Options extends DharaOptions, WindowOptions {

    @Description("What metrics are broken down by: category, country or city, e.g. --by=country")
    @Default.Enum("category")
    By getBy();

    void setBy(By value);

    @Description("Width of the windows of the top products, ISO-8601, e.g. --topWindow=PT15M")
    @Default.InstanceFactory(FifteenMinutes.class)
    Duration getTopWindow();

    void setTopWindow(Duration value);

    @Description("How many top products are listed, e.g. --topCount=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getTopCount();

    void setTopCount(int value);

    @Description("The orders a product needs in a window to be listed, e.g. --topOrders=10")
    @Default.Integer(10)
    @AtLeast(1)
    int getTopOrders();

    void setTopOrders(int value);
  }

  /** What metrics can be broken down by; an event without it counts as {@code unknown}. */
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
  static final Output<Ranking, Top> TOP = new Output<>("top", Ranking.class, Top.class);

  @Override
  public Declaration<Options> declaration() {
    return Declaration.of("order-metrics", Options.class)
        .summary("orders, GMV, average order and cancellations per minute; top products per 15 min")
        .reads(LINES)
        .answers(METRICS, TOP)
        .scenario(Scenario.of(LINES, OrderLines::generate));
  }

  @Override
  public void build(Flow flow, Options options) {
    By by = options.getBy();
    int most = options.getTopCount();
    long orders = options.getTopOrders();
    Windows windows = Windowing.of(options);
    Windows topWindows = Windowing.tumbling("--topWindow", options.getTopWindow(), options);
    PCollection<OrderLine> lines = flow.events(LINES, windows, topWindows);

    flow.answers(
        METRICS,
        lines.apply("Metrics", Answers.in(windows).perKey(Dimension.class, by::of, sum())));

    flow.answers(
        TOP,
        lines
            .apply(
                "Products",
                Answers.in(topWindows).perKey(Code.class, line -> new Code(line.product()), sum()))
            .apply("Eligible", Filter.by(product -> product.value().orders() >= orders))
            .apply("Rank", KeyBy.record(Ranking.class, product -> new Ranking("gmv")))
            .apply("Top", Answers.perKey(LatestFn.of(best(most), Top.class))));
  }

  private record Code(String product) {}

  /** Lines of orders, added up. The maps hold the ids of the orders; their values mean nothing. */
  private record OrderTally(
      Map<String, Boolean> orders,
      long gmvMinor,
      long items,
      Map<String, Boolean> cancellations,
      long cancelledMinor)
      implements Tally<OrderTally> {

    static final OrderTally ZERO = new OrderTally(Map.of(), 0, 0, Map.of(), 0);

    static OrderTally of(OrderLine line) {
      return line.quantity() > 0
          ? new OrderTally(
              Map.of(line.order(), true), line.valueMinor(), line.quantity(), Map.of(), 0)
          : new OrderTally(Map.of(), 0, 0, Map.of(line.order(), true), -line.valueMinor());
    }

    @Override
    public OrderTally plus(OrderTally other) {
      return new OrderTally(
          union(orders, other.orders),
          Math.addExact(gmvMinor, other.gmvMinor),
          Math.addExact(items, other.items),
          union(cancellations, other.cancellations),
          Math.addExact(cancelledMinor, other.cancelledMinor));
    }

    private static Map<String, Boolean> union(Map<String, Boolean> a, Map<String, Boolean> b) {
      if (b.isEmpty()) {
        return a;
      }
      Map<String, Boolean> union = a instanceof HashMap ? a : new HashMap<>(a);
      union.putAll(b);
      return union;
    }

    Metrics metrics() {
      long count = orders.size();
      return new Metrics(
          count,
          gmvMinor,
          count == 0 ? 0 : (gmvMinor + count / 2) / count,
          items,
          cancellations.size(),
          cancelledMinor);
    }
  }

  private static TallyFn<OrderLine, OrderTally, Metrics> sum() {
    return TallyFn.of(OrderTally.ZERO, OrderTally::of, Metrics.class, OrderTally::metrics);
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
            new Product(ranked.size() + 1, p.key().product(), m.orders(), m.items(), m.gmvMinor()));
      }
      return new Top(ranked);
    };
  }

  /** A quarter of an hour. */
  public static final class FifteenMinutes implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofMinutes(15);
    }
  }
}
