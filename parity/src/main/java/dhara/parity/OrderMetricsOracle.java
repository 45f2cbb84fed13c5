package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.pipelines.commerce.OrderLine;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Order metrics by sorting lines into boxes and counting what is in each. */
@AutoService(Oracle.class)
public final class OrderMetricsOracle implements Oracle {

  private static final int TOP = 10;
  private static final int ORDERS = 10;

  private final String dimension;
  private final Function<OrderLine, String> name;

  /** By category, as the analysis does by default. */
  public OrderMetricsOracle() {
    this("category", OrderLine::category);
  }

  /** By another dimension. */
  public OrderMetricsOracle(String dimension, Function<OrderLine, String> name) {
    this.dimension = dimension;
    this.name = name;
  }

  @Override
  public String analysis() {
    return "order-metrics";
  }

  @Override
  public Map<String, List<String>> answers(List<? extends Record> events) {
    List<OrderLine> lines = events.stream().map(OrderLine.class::cast).toList();
    return Map.of("metrics", metrics(lines), "top", top(lines));
  }

  private List<String> metrics(List<OrderLine> lines) {
    List<String> answers = new ArrayList<>();
    group(
            lines,
            Duration.ofMinutes(1),
            line -> name.apply(line) == null ? "unknown" : name.apply(line))
        .forEach(
            (window, byName) ->
                byName.forEach(
                    (named, box) -> {
                      Box sum = new Box(box);
                      answers.add(
                          """
                          {"dimension":"%s","name":"%s","window_start":"%s","window_end":"%s",\
                          "orders":%d,"gmv_minor":%s,"average_order_minor":%s,"items":%d,\
                          "cancellations":%d,"cancelled_minor":%s}"""
                              .formatted(
                                  dimension,
                                  named,
                                  window,
                                  window.plusSeconds(60),
                                  sum.orders,
                                  sum.gmv,
                                  sum.average(),
                                  sum.items,
                                  sum.cancellations,
                                  sum.cancelled));
                    }));
    return millis(answers);
  }

  private List<String> top(List<OrderLine> lines) {
    Duration quarter = Duration.ofMinutes(15);
    List<String> answers = new ArrayList<>();
    group(lines, quarter, OrderLine::product)
        .forEach(
            (window, byProduct) -> {
              List<Map.Entry<String, Box>> best = new ArrayList<>();
              byProduct.forEach((product, box) -> best.add(Map.entry(product, new Box(box))));
              best.removeIf(entry -> entry.getValue().orders < ORDERS);
              best.sort(
                  (a, b) -> {
                    int value = b.getValue().gmv.compareTo(a.getValue().gmv);
                    return value != 0 ? value : a.getKey().compareTo(b.getKey());
                  });
              StringBuilder products = new StringBuilder();
              for (int rank = 1; rank <= Math.min(TOP, best.size()); rank++) {
                Box box = best.get(rank - 1).getValue();
                products
                    .append(rank == 1 ? "" : ",")
                    .append(
                        "{\"rank\":%d,\"product\":\"%s\",\"orders\":%d,\"items\":%d,\"gmv_minor\":%s}"
                            .formatted(
                                rank, best.get(rank - 1).getKey(), box.orders, box.items, box.gmv));
              }
              if (!best.isEmpty()) {
                answers.add(
                    """
                    {"ranked_by":"gmv","window_start":"%s","window_end":"%s","products":[%s]}"""
                        .formatted(window, window.plus(quarter), products));
              }
            });
    return millis(answers);
  }

  private static Map<Instant, Map<String, List<OrderLine>>> group(
      List<OrderLine> lines, Duration width, Function<OrderLine, String> key) {
    Map<Instant, Map<String, List<OrderLine>>> boxes = new TreeMap<>();
    for (OrderLine line : lines) {
      long start = Math.floorDiv(line.at().toEpochMilli(), width.toMillis()) * width.toMillis();
      boxes
          .computeIfAbsent(Instant.ofEpochMilli(start), window -> new HashMap<>())
          .computeIfAbsent(key.apply(line), k -> new ArrayList<>())
          .add(line);
    }
    return boxes;
  }

  /** Answers write their windows with milliseconds. */
  static List<String> millis(List<String> answers) {
    return answers.stream()
        .map(a -> a.replaceAll("(\"window_\\w+\":\"[^\"]{19})Z", "$1.000Z"))
        .collect(Collectors.toList());
  }

  /** Lines in a box, counted. */
  private static final class Box {

    private final long orders;
    private final BigDecimal gmv;
    private final long items;
    private final long cancellations;
    private final BigDecimal cancelled;

    Box(List<OrderLine> lines) {
      List<OrderLine> bought = lines.stream().filter(line -> line.quantity() > 0).toList();
      List<OrderLine> back = lines.stream().filter(line -> line.quantity() < 0).toList();
      orders = bought.stream().map(OrderLine::order).distinct().count();
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

    BigDecimal average() {
      return orders == 0
          ? BigDecimal.ZERO
          : gmv.divide(BigDecimal.valueOf(orders), 0, RoundingMode.HALF_UP);
    }
  }
}
