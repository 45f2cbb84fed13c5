package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.options.DharaOptions;
import dhara.pipelines.commerce.OrderLine;
import dhara.pipelines.commerce.OrderMetrics;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Computes order metrics by putting lines into boxes and counting in each. */
@AutoService(Oracle.class)
public final class OrderMetricsOracle implements Oracle {

  @Override
  public String analysis() {
    return "order-metrics";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of("--by=city", "--topWindow=PT5M", "--topCount=3", "--topOrders=5"),
        List.of("--window=PT40S", "--every=PT10S"),
        List.of("--gap=PT2S", "--since=month", "--timeZone=Asia/Kolkata"));
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    OrderMetrics.Options options = given.as(OrderMetrics.Options.class);
    List<OrderLine> lines = inputs.of("orders", OrderLine.class);
    Function<OrderLine, String> by = line -> name(line, options.getBy());
    return Map.of(
        "metrics",
        metrics(Box.fill(lines, by, options), options),
        "totals",
        metrics(Box.running(lines, by, options), options),
        "top",
        top(lines, options));
  }

  private static List<String> metrics(
      Map<Box<String>, List<OrderLine>> boxes, OrderMetrics.Options options) {
    List<String> answers = new ArrayList<>();
    boxes.forEach(
        (box, of) -> {
          Sum sum = new Sum(of);
          answers.add(
              """
                  {"dimension":"%s","name":"%s",%s,\
                  "orders":%d,"buyers":%d,"gmv_minor":%s,"average_order_minor":%s,\
                  "items":%d,"cancellations":%d,"cancelled_minor":%s,"last_order_at":%s}"""
                  .formatted(
                      options.getBy(),
                      box.key(),
                      box.window(),
                      sum.orders,
                      sum.buyers,
                      sum.gmv,
                      sum.average(),
                      sum.items,
                      sum.cancellations,
                      sum.cancelled,
                      sum.lastOrderAt()));
        });
    return answers;
  }

  private static String name(OrderLine line, OrderMetrics.By by) {
    String name =
        switch (by) {
          case category -> line.category();
          case country -> line.country();
          case city -> line.city();
        };
    return name == null ? "unknown" : name;
  }

  /** A product and its sales. */
  private record Product(String code, Sum sum) {}

  private static List<String> top(List<OrderLine> lines, OrderMetrics.Options options) {
    Map<Box<String>, List<Product>> windows = new LinkedHashMap<>();
    Box.tumbling(lines, OrderLine::product, options.getTopWindow())
        .forEach(
            (box, of) ->
                windows
                    .computeIfAbsent(
                        new Box<>("gmv", box.start(), box.end()), b -> new ArrayList<>())
                    .add(new Product(box.key(), new Sum(of))));
    List<String> answers = new ArrayList<>();
    windows.forEach(
        (box, products) -> {
          products.removeIf(product -> product.sum.orders < options.getTopOrders());
          products.sort(
              (a, b) -> {
                int value = b.sum.gmv.compareTo(a.sum.gmv);
                return value != 0 ? value : a.code.compareTo(b.code);
              });
          StringBuilder best = new StringBuilder();
          for (int rank = 1; rank <= Math.min(options.getTopCount(), products.size()); rank++) {
            Product product = products.get(rank - 1);
            best.append(rank == 1 ? "" : ",")
                .append(
                    """
                    {"rank":%d,"product":"%s","orders":%d,"buyers":%d,"items":%d,\
                    "gmv_minor":%s,"last_order_at":%s}"""
                        .formatted(
                            rank,
                            product.code,
                            product.sum.orders,
                            product.sum.buyers,
                            product.sum.items,
                            product.sum.gmv,
                            product.sum.lastOrderAt()));
          }
          if (!products.isEmpty()) {
            answers.add(
                "{\"ranked_by\":\"gmv\",%s,\"products\":[%s]}".formatted(box.window(), best));
          }
        });
    return answers;
  }

  /** Lines, counted. */
  private static final class Sum {

    private final long orders;
    private final long buyers;
    private final Optional<Instant> last;
    private final BigDecimal gmv;
    private final long items;
    private final long cancellations;
    private final BigDecimal cancelled;

    Sum(List<OrderLine> lines) {
      List<OrderLine> bought = lines.stream().filter(line -> line.quantity() > 0).toList();
      List<OrderLine> back = lines.stream().filter(line -> line.quantity() < 0).toList();
      orders = bought.stream().map(OrderLine::order).distinct().count();
      buyers = bought.stream().map(OrderLine::customer).filter(Objects::nonNull).distinct().count();
      last = bought.stream().map(OrderLine::at).max(Instant::compareTo);
      items = bought.stream().mapToLong(OrderLine::quantity).sum();
      cancellations = back.stream().map(OrderLine::order).distinct().count();
      gmv = value(bought);
      cancelled = value(back).negate();
    }

    private static BigDecimal value(List<OrderLine> lines) {
      return lines.stream()
          .map(l -> BigDecimal.valueOf(l.quantity()).multiply(BigDecimal.valueOf(l.unitMinor())))
          .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    String lastOrderAt() {
      return last.map(at -> "\"" + Box.text(at) + "\"").orElse("null");
    }

    BigDecimal average() {
      return orders == 0
          ? BigDecimal.ZERO
          : gmv.divide(BigDecimal.valueOf(orders), 0, RoundingMode.HALF_UP);
    }
  }
}
