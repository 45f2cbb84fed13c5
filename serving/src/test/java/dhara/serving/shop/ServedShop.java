package dhara.serving.shop;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.RowJson;
import dhara.serving.api.AccessOptions;
import dhara.serving.api.ViewServer;
import dhara.serving.store.KeepRules;
import dhara.serving.store.StoredRow;
import dhara.serving.store.ViewLoad;
import dhara.serving.store.ViewStore;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A store in a temporary folder with the answers of a shop, which a test commits row by row. */
public final class ServedShop implements AutoCloseable {

  /** The start of the first window. */
  public static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  /** The width of the windows. */
  public static final Duration MINUTE = Duration.ofMinutes(1);

  /** The view of the answers: a column of each type. */
  public static final ServedView SALES =
      new ServedView(
          "shop.sales",
          "shop",
          "sales",
          "commerce",
          "sales per category and minute",
          Kind.ANSWERS,
          "shop_sales",
          List.of(
              column("category", ColumnType.TEXT, Role.KEY),
              column("window_start", ColumnType.INSTANT, Role.WINDOW),
              column("window_end", ColumnType.INSTANT, Role.WINDOW),
              column("revision", ColumnType.LONG, Role.REVISION),
              column("gmv_minor", ColumnType.LONG, Role.VALUE),
              column("mean", ColumnType.DOUBLE, Role.VALUE),
              column("price", ColumnType.DECIMAL, Role.VALUE),
              column("busy", ColumnType.BOOLEAN, Role.VALUE),
              column("last_at", ColumnType.INSTANT, Role.VALUE),
              column("best", ColumnType.JSON, Role.VALUE),
              column("answer_state", ColumnType.TEXT, Role.STATE),
              column("revisable_until", ColumnType.INSTANT, Role.STATE)));

  /** The view of the ledger. */
  public static final ServedView LEDGER =
      new ServedView(
          "shop.ledger",
          "shop",
          "ledger",
          "commerce",
          "sales per category and minute",
          Kind.LEDGER,
          "shop_ledger",
          List.of(
              column("input", ColumnType.TEXT, Role.KEY),
              column("revision", ColumnType.LONG, Role.REVISION),
              column("read", ColumnType.LONG, Role.VALUE),
              column("aggregated", ColumnType.LONG, Role.VALUE),
              column("dead_lettered", ColumnType.LONG, Role.VALUE),
              column("late", ColumnType.LONG, Role.VALUE),
              column("duplicate", ColumnType.LONG, Role.VALUE),
              column("filtered", ColumnType.LONG, Role.VALUE),
              column("watermark", ColumnType.INSTANT, Role.VALUE),
              column("settled_until", ColumnType.INSTANT, Role.VALUE)));

  private final Path folder;
  private final ViewStore store;
  private long revision;

  private ServedShop(Path folder) throws IOException, SQLException {
    this.folder = folder;
    this.store = ViewStore.open(folder, KeepRules.all(), "512MB");
    store.define(SALES);
    store.define(LEDGER);
  }

  /** Opens an empty shop. */
  public static ServedShop open() throws IOException, SQLException {
    return new ServedShop(Files.createTempDirectory("dhara-shop"));
  }

  private static ViewColumn column(String name, ColumnType type, Role role) {
    return new ViewColumn(name, type, role);
  }

  /** What is served. */
  public ViewStore store() {
    return store;
  }

  /** Where the store keeps its files. */
  public Path folder() {
    return folder;
  }

  /** A server of it at a free port. */
  public ViewServer serve(Consumer<AccessOptions> set) throws SQLException {
    AccessOptions options = PipelineOptionsFactory.as(AccessOptions.class);
    options.setPort(0);
    options.setSqlTimeout(HttpAsk.PATIENCE);
    set.accept(options);
    return ViewServer.start(store, options);
  }

  /** A server of it at a free port, with the default options and no limit of requests. */
  public ViewServer serve() throws SQLException {
    return serve(options -> options.setRequestsPerSecond(0));
  }

  /** Commits the sales of a category in a minute after nine; a later call revises them. */
  public void sell(String category, int minute, long gmvMinor) throws SQLException {
    commit(List.of(sale(category, minute, gmvMinor)));
  }

  /** A row of sales, with a revision that is higher than all before. */
  public StoredRow sale(String category, int minute, long gmvMinor) {
    Instant start = NINE.plus(MINUTE.multipliedBy(minute));
    Instant end = start.plus(MINUTE);
    JsonNode best = RowJson.object().put("product", "p" + minute).put("orders", gmvMinor / 100);
    return new StoredRow(
        StoredRow.id(List.of(category, start, end)),
        ++revision,
        false,
        Arrays.asList(
            category,
            start,
            end,
            gmvMinor,
            gmvMinor / 4.0,
            BigDecimal.valueOf(gmvMinor, 2),
            gmvMinor > 1_000,
            end.minusMillis(1),
            best));
  }

  /** Withdraws the sales of a category in a minute. */
  public void withdraw(String category, int minute) throws SQLException {
    StoredRow sale = sale(category, minute, 0);
    List<@Nullable Object> values = new ArrayList<>(sale.values());
    for (int i = 3; i < values.size(); i++) {
      values.set(i, null);
    }
    commit(List.of(new StoredRow(sale.id(), sale.revision(), true, values)));
  }

  /** Commits rows of sales together. */
  public void commit(List<StoredRow> rows) throws SQLException {
    store.commit(List.of(new ViewLoad(SALES.name(), "test", rows, true, false, Map.of())));
  }

  /** Commits a ledger: the stream has come up to an instant, and allows a minute of lateness. */
  public void watermark(Instant watermark) throws SQLException {
    StoredRow row =
        new StoredRow(
            StoredRow.id(List.of("orders")),
            ++revision,
            false,
            Arrays.asList("orders", 10L, 7L, 1L, 1L, 1L, 0L, watermark, watermark.minus(MINUTE)));
    store.commit(List.of(new ViewLoad(LEDGER.name(), "test", List.of(row), true, false, Map.of())));
  }

  @Override
  public void close() throws IOException, SQLException {
    store.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
