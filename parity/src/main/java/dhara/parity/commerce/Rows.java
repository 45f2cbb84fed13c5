package dhara.parity.commerce;

import dhara.parity.commerce.InventoryOracle.Done;
import dhara.testkit.Box;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The rows of inventories. */
final class Rows {

  private static final String EVER =
      "\"window_start\":\"1970-01-01T00:00:00.000Z\",\"window_end\":\"9999-12-31T00:00:00.000Z\"";

  private final Map<String, List<String>> byOutput = new TreeMap<>();

  Rows() {
    List.of("audit", "stock", "decisions", "low-stock")
        .forEach(output -> byOutput.put(output, new ArrayList<>()));
  }

  Map<String, List<String>> byOutput() {
    return byOutput;
  }

  void addAll(Rows others) {
    others.byOutput.forEach((output, rows) -> byOutput.get(output).addAll(rows));
  }

  void audit(String warehouse, Done done) {
    List<String> changes =
        done.products().stream()
            .map(
                product ->
                    "{\"product\":\"%s\",\"on_hand\":%d,\"reserved\":%d}"
                        .formatted(product, done.onHand(product), done.reserved(product)))
            .toList();
    add(
        "audit",
        "\"warehouse\":\"%s\",\"id\":\"%s\",%s,\"at\":\"%s\",\"kind\":\"%s\",\"order\":%s,\"changes\":[%s]"
            .formatted(
                warehouse,
                done.id(),
                moment(done.at()),
                Box.text(done.at()),
                done.kind(),
                text(done.order()),
                String.join(",", changes)));
  }

  void decision(
      String warehouse,
      String id,
      Instant at,
      String kind,
      @Nullable String order,
      @Nullable String reason,
      @Nullable String product) {
    add(
        "decisions",
        "\"warehouse\":\"%s\",\"id\":\"%s\",%s,\"kind\":\"%s\",\"order\":%s,\"accepted\":%s,\"reason\":%s,\"product\":%s"
            .formatted(
                warehouse,
                id,
                moment(at),
                kind,
                text(order),
                reason == null,
                text(reason),
                text(product)));
  }

  void lowStock(
      String warehouse, String product, String id, Instant at, long available, long below) {
    add(
        "low-stock",
        "\"incident\":\"%s %s %s\",\"warehouse\":\"%s\",\"product\":\"%s\",\"id\":\"%s\",%s,\"available\":%d,\"below\":%d"
            .formatted(
                warehouse, product, id, warehouse, product, id, moment(at), available, below));
  }

  /** The stock of a warehouse after all that was done. */
  void stock(String warehouse, List<Done> all) {
    TreeSet<String> products = new TreeSet<>();
    all.forEach(done -> products.addAll(done.products()));
    for (String product : products) {
      List<Done> changes = all.stream().filter(d -> d.products().contains(product)).toList();
      long onHand = changes.stream().mapToLong(d -> d.onHand(product)).sum();
      long reserved = changes.stream().mapToLong(d -> d.reserved(product)).sum();
      Instant last = changes.stream().map(Done::at).max(Instant::compareTo).orElseThrow();
      add(
          "stock",
          "\"warehouse\":\"%s\",\"product\":\"%s\",%s,\"on_hand\":%d,\"reserved\":%d,\"available\":%d,\"changes\":%d,\"changed_at\":\"%s\""
              .formatted(
                  warehouse,
                  product,
                  EVER,
                  onHand,
                  reserved,
                  onHand - reserved,
                  changes.size(),
                  Box.text(last)));
    }
  }

  private void add(String output, String columns) {
    byOutput.get(output).add("{" + columns + "}");
  }

  private static String moment(Instant at) {
    return new Box<>("", at, at.plusMillis(1)).window();
  }

  private static String text(@Nullable String value) {
    return value == null ? "null" : "\"" + value + "\"";
  }
}
