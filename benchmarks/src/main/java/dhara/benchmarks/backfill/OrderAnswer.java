package dhara.benchmarks.backfill;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The numbers of an answer, and their text: the JSON lines that {@code order-metrics} writes,
 * without the revision. For peers that compute in Java.
 *
 * @param orders distinct orders that bought something
 * @param buyers distinct known customers of these
 * @param gmvMinor value of the units bought
 * @param items units bought
 * @param cancellations distinct orders with cancelled units
 * @param cancelledMinor value of the units cancelled
 * @param lastOrderAt when the last of these orders came, epoch milliseconds; {@link #NEVER} without
 *     orders
 */
public record OrderAnswer(
    long orders,
    long buyers,
    long gmvMinor,
    long items,
    long cancellations,
    long cancelledMinor,
    long lastOrderAt) {

  /** Instead of a time. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** A product and its numbers. */
  public record OfProduct(String product, OrderAnswer numbers) {}

  /** The line of a metric or a total. */
  public String line(String name, long start, Duration width) {
    StringBuilder line = new StringBuilder(320);
    line.append("{\"dimension\":\"").append(Backfill.DIMENSION);
    line.append("\",\"name\":\"").append(name).append('"');
    window(line, start, width);
    line.append(",\"orders\":").append(orders);
    line.append(",\"buyers\":").append(buyers);
    line.append(",\"gmv_minor\":").append(gmvMinor);
    line.append(",\"average_order_minor\":");
    line.append(orders == 0 ? 0 : (gmvMinor + orders / 2) / orders);
    line.append(",\"items\":").append(items);
    line.append(",\"cancellations\":").append(cancellations);
    line.append(",\"cancelled_minor\":").append(cancelledMinor);
    lastOrder(line);
    return line.append('}').toString();
  }

  /**
   * The line of the best products of a window.
   *
   * @param products all that have enough orders, in any order; at least one
   */
  public static String top(List<OfProduct> products, long start, Duration width) {
    List<OfProduct> best = new ArrayList<>(products);
    best.sort(
        Comparator.comparing((OfProduct each) -> -each.numbers.gmvMinor)
            .thenComparing(OfProduct::product));
    StringBuilder line = new StringBuilder(1500);
    line.append("{\"ranked_by\":\"gmv\"");
    window(line, start, width);
    line.append(",\"products\":[");
    for (int i = 0; i < Math.min(Backfill.TOP_COUNT, best.size()); i++) {
      OrderAnswer numbers = best.get(i).numbers;
      line.append(i == 0 ? "" : ",").append("{\"rank\":").append(i + 1);
      line.append(",\"product\":\"").append(best.get(i).product);
      line.append("\",\"orders\":").append(numbers.orders);
      line.append(",\"buyers\":").append(numbers.buyers);
      line.append(",\"items\":").append(numbers.items);
      line.append(",\"gmv_minor\":").append(numbers.gmvMinor);
      numbers.lastOrder(line);
      line.append('}');
    }
    return line.append("]}").toString();
  }

  private static void window(StringBuilder line, long start, Duration width) {
    line.append(",\"window_start\":\"").append(time(start));
    line.append("\",\"window_end\":\"").append(time(start + width.toMillis())).append('"');
  }

  private void lastOrder(StringBuilder line) {
    line.append(",\"last_order_at\":");
    if (lastOrderAt == NEVER) {
      line.append("null");
    } else {
      line.append('"').append(time(lastOrderAt)).append('"');
    }
  }

  private static String time(long at) {
    return TIME.format(Instant.ofEpochMilli(at));
  }
}
