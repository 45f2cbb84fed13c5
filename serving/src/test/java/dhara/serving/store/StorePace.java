package dhara.serving.store;

import static dhara.serving.store.StoreRows.NINE;
import static dhara.serving.store.StoreRows.SALES;

import dhara.serving.views.ServedView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures the store: how fast a history is loaded, and what a commit of a stream costs beside it.
 *
 * <pre>
 *   java … dhara.serving.store.StorePace ROWS
 * </pre>
 */
public final class StorePace {

  private static final int KEYS = 1_000;
  private static final int VIEWS = 30;
  private static final int BATCH = 50_000;

  private StorePace() {}

  public static void main(String... arguments) throws Exception {
    int total = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    Path folder = Files.createTempDirectory("dhara-pace");
    try (ViewStore store = ViewStore.open(folder, KeepRules.all(), "1GB")) {
      store.define(SALES);
      long began = System.nanoTime();
      List<StoredRow> rows = new ArrayList<>();
      for (int i = 0; i < total; i++) {
        rows.add(sale(i % KEYS, i / KEYS, 1, i));
        if (rows.size() == BATCH || i == total - 1) {
          store.commit(List.of(load(rows)));
          rows = new ArrayList<>();
        }
      }
      double seconds = seconds(began);
      System.out.printf(
          "loaded %,d rows in %.1f s: %,.0f a second, %,d MB on disk%n",
          total, seconds, total / seconds, size(folder) >> 20);
      measure(store, "revisions of the newest minute", total / KEYS - 1, 2);
      measure(store, "revisions of an hour ago", total / KEYS - 60, 2);
      measure(store, "a new minute", total / KEYS, 1);
      measureManyViews(store);
      try (Connection session = store.session();
          Statement statement = session.createStatement()) {
        for (String sql :
            List.of(
                "select sum(sold) from shop_sales",
                "select answer_state, count(*) from shop_sales group by 1",
                "select window_start, sum(sold) from shop_sales where product = 'p1' group by 1"
                    + " order by 1 desc limit 60")) {
          statement.executeQuery(sql).close();
          long from = System.nanoTime();
          statement.executeQuery(sql).close();
          System.out.printf("%.1f ms: %s%n", seconds(from) * 1000, sql);
        }
      }
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void measure(ViewStore store, String what, int minute, int first)
      throws Exception {
    List<Double> took = new ArrayList<>();
    for (int revision = first; revision < first + 30; revision++) {
      List<StoredRow> rows = new ArrayList<>();
      for (int key = 0; key < KEYS; key++) {
        rows.add(sale(key, minute, revision, key));
      }
      long began = System.nanoTime();
      store.commit(List.of(load(rows)));
      took.add(seconds(began) * 1000);
    }
    took.sort(null);
    System.out.printf(
        "a commit of %,d rows, %s: median %.1f ms, p95 %.1f ms%n",
        KEYS, what, took.get(15), took.get(28));
  }

  /** What a second of many streams costs: some rows of each of many views in one commit. */
  private static void measureManyViews(ViewStore store) throws Exception {
    List<ServedView> views = new ArrayList<>();
    for (int i = 0; i < VIEWS; i++) {
      ServedView view =
          new ServedView("shop.v" + i, "", "", "", "", SALES.kind(), "shop_v" + i, SALES.columns());
      views.add(view);
      store.define(view);
    }
    List<Double> took = new ArrayList<>();
    for (int revision = 1; revision <= 60; revision++) {
      List<ViewLoad> loads = new ArrayList<>();
      for (ServedView view : views) {
        List<StoredRow> rows = new ArrayList<>();
        for (int key = 0; key < 50; key++) {
          rows.add(sale(key, revision / 20, revision, key));
        }
        loads.add(
            new ViewLoad(
                view.name(), StoreRows.TOPIC, rows, true, false, Map.of("0", "" + revision)));
      }
      long began = System.nanoTime();
      store.commit(loads);
      took.add(seconds(began) * 1000);
    }
    took.sort(null);
    System.out.printf(
        "a commit of 50 rows in each of %d views: median %.1f ms, p95 %.1f ms%n",
        VIEWS, took.get(30), took.get(57));
  }

  private static StoredRow sale(int key, int minute, long revision, long sold) {
    Instant start = NINE.plus(Duration.ofMinutes(minute));
    Instant end = start.plus(Duration.ofMinutes(1));
    String product = "p" + key;
    return new StoredRow(
        StoredRow.id(List.of(product, start, end)),
        revision,
        false,
        Arrays.asList(product, start, end, sold, null, 0.5 * key));
  }

  private static ViewLoad load(List<StoredRow> rows) {
    return new ViewLoad(SALES.name(), StoreRows.TOPIC, rows, true, false, Map.of("0", "1"));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static long size(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      long size = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
      return size;
    }
  }
}
