package dhara.serving.store;

import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Views and rows for tests of the store. */
final class StoreRows {

  static final Instant NINE = Instant.parse("2026-10-01T09:00:00Z");
  static final String TOPIC = "kafka:broker/sales";
  static final String FOLDER = "files:/sales";

  static final ServedView SALES =
      new ServedView(
          "shop.sales",
          "shop",
          "sales",
          "commerce",
          "sales per product and minute",
          Kind.ANSWERS,
          "shop_sales",
          List.of(
              new ViewColumn("product", ColumnType.TEXT, Role.KEY),
              new ViewColumn("window_start", ColumnType.INSTANT, Role.WINDOW),
              new ViewColumn("window_end", ColumnType.INSTANT, Role.WINDOW),
              new ViewColumn("revision", ColumnType.LONG, Role.REVISION),
              new ViewColumn("sold", ColumnType.LONG, Role.VALUE),
              new ViewColumn("price", ColumnType.DECIMAL, Role.VALUE),
              new ViewColumn("limit", ColumnType.DOUBLE, Role.VALUE),
              new ViewColumn("answer_state", ColumnType.TEXT, Role.STATE),
              new ViewColumn("revisable_until", ColumnType.INSTANT, Role.STATE)));

  static final ServedView LEDGER =
      new ServedView(
          "shop.ledger",
          "shop",
          "ledger",
          "commerce",
          "sales per product and minute",
          Kind.LEDGER,
          "shop_ledger",
          List.of(
              new ViewColumn("input", ColumnType.TEXT, Role.KEY),
              new ViewColumn("revision", ColumnType.LONG, Role.REVISION),
              new ViewColumn("read", ColumnType.LONG, Role.VALUE),
              new ViewColumn("watermark", ColumnType.INSTANT, Role.VALUE),
              new ViewColumn("settled_until", ColumnType.INSTANT, Role.VALUE)));

  static final ServedView DEAD =
      new ServedView(
          "shop.dead-letters",
          "shop",
          "dead-letters",
          "commerce",
          "sales per product and minute",
          Kind.DEAD_LETTERS,
          "shop_dead_letters",
          List.of(
              new ViewColumn("origin", ColumnType.TEXT, Role.KEY),
              new ViewColumn("seen_at", ColumnType.INSTANT, Role.VALUE),
              new ViewColumn("reason", ColumnType.TEXT, Role.VALUE),
              new ViewColumn("records", ColumnType.LONG, Role.VALUE)));

  private StoreRows() {}

  static StoredRow dead(String origin, Instant seen, long records) {
    return new StoredRow(
        StoredRow.id(List.of(origin)), 0, false, Arrays.asList(origin, seen, "no JSON", records));
  }

  static Instant start(int minute) {
    return NINE.plus(Duration.ofMinutes(minute));
  }

  static StoredRow sale(String product, int minute, long revision, long sold) {
    return row(product, minute, revision, false, Arrays.asList(sold, null, null));
  }

  static StoredRow withdrawal(String product, int minute, long revision) {
    return row(product, minute, revision, true, Arrays.asList(null, null, null));
  }

  static StoredRow row(
      String product, int minute, long revision, boolean withdrawn, List<Object> values) {
    Instant start = start(minute);
    Instant end = start.plus(Duration.ofMinutes(1));
    List<Object> all = new ArrayList<>(List.of(product, start, end));
    all.addAll(values);
    return new StoredRow(StoredRow.id(List.of(product, start, end)), revision, withdrawn, all);
  }

  static StoredRow ledger(String input, long revision, Instant watermark, Duration lateness) {
    return new StoredRow(
        StoredRow.id(List.of(input)),
        revision,
        false,
        Arrays.asList(input, 10L, watermark, watermark == null ? null : watermark.minus(lateness)));
  }

  static ViewLoad topic(ServedView view, StoredRow... rows) {
    return topic(view, Map.of(), rows);
  }

  static ViewLoad topic(ServedView view, Map<String, String> positions, StoredRow... rows) {
    return new ViewLoad(view.name(), TOPIC, List.of(rows), true, false, positions);
  }

  static ViewLoad file(ServedView view, StoredRow... rows) {
    return new ViewLoad(view.name(), FOLDER, List.of(rows), false, true, Map.of());
  }

  /** The rows of a page: {@code product@minute=sold}, with the revision. */
  static Map<String, String> sold(List<List<Object>> rows) {
    Map<String, String> sold = new TreeMap<>();
    for (List<Object> row : rows) {
      long minute = Duration.between(NINE, (Instant) row.get(1)).toMinutes();
      sold.put(row.get(0) + "@" + minute, row.get(4) + " r" + row.get(3));
    }
    return sold;
  }
}
