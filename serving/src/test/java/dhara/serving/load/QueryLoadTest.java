package dhara.serving.load;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.sun.management.OperatingSystemMXBean;
import dhara.serving.api.AccessOptions;
import dhara.serving.api.ViewServer;
import dhara.serving.shop.HttpAsk;
import dhara.serving.store.KeepRules;
import dhara.serving.store.StoredRow;
import dhara.serving.store.ViewLoad;
import dhara.serving.store.ViewStore;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServedView.Kind;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the three queries of a live shop with fifty clients over ten million rows: revenue by
 * category per minute in an hour, the funnel per device and five minutes in an hour, and the top
 * products with at least ten orders in fifteen minutes. Each client asks again as soon as it has an
 * answer, each time for another time of the week. The same SQL is run in a plain DuckDB, by as many
 * threads.
 *
 * <p>{@code -Ddhara.load.rows}, {@code .clients} and {@code .seconds} set other sizes. It prints
 * what it finds; it fails only if an answer is wrong.
 */
@EnabledIfSystemProperty(named = "dhara.full", matches = "true")
class QueryLoadTest {

  private static final long ROWS = Long.getLong("dhara.load.rows", 10_000_000);
  private static final int CLIENTS = Integer.getInteger("dhara.load.clients", 50);
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("dhara.load.seconds", 20));

  private static final OperatingSystemMXBean CPU =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
  private static final int CATEGORIES = 20;
  private static final int DEVICES = 4;
  private static final int NAMES = 1_000;
  private static final long MINUTES = ROWS / NAMES;

  private static final ServedView METRICS =
      new ServedView(
          "shop.metrics",
          "shop",
          "metrics",
          "commerce",
          "orders per category, device and product, and minute",
          Kind.ANSWERS,
          "shop_metrics",
          List.of(
              column("dimension", ColumnType.TEXT, Role.KEY),
              column("name", ColumnType.TEXT, Role.KEY),
              column("window_start", ColumnType.INSTANT, Role.WINDOW),
              column("window_end", ColumnType.INSTANT, Role.WINDOW),
              column("revision", ColumnType.LONG, Role.REVISION),
              column("orders", ColumnType.LONG, Role.VALUE),
              column("buyers", ColumnType.LONG, Role.VALUE),
              column("gmv_minor", ColumnType.LONG, Role.VALUE),
              column("answer_state", ColumnType.TEXT, Role.STATE),
              column("revisable_until", ColumnType.INSTANT, Role.STATE)));

  @TempDir private Path folder;

  private static ViewColumn column(String name, ColumnType type, Role role) {
    return new ViewColumn(name, type, role);
  }

  @Test
  void fiftyClientsOverTenMillionRows() throws Exception {
    try (ViewStore store = ViewStore.open(folder.resolve("served"), KeepRules.all(), "2GB");
        Connection plain =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("plain.duckdb"))) {
      long began = System.nanoTime();
      store.define(METRICS);
      fill(store);
      System.out.printf("%,d rows served after %d s%n", ROWS, seconds(began));
      began = System.nanoTime();
      fill(plain);
      System.out.printf("the same in a plain DuckDB after %d s%n", seconds(began));

      AccessOptions options = PipelineOptionsFactory.as(AccessOptions.class);
      options.setPort(0);
      options.setRequestsPerSecond(0);
      try (ViewServer server = ViewServer.start(store, options)) {
        for (Map.Entry<String, LongFunction<String>> query :
            List.of(
                Map.entry("revenue by category per minute", (LongFunction<String>) this::revenue),
                Map.entry("funnel per device and 5 min", (LongFunction<String>) this::funnel),
                Map.entry("top products in 15 min", (LongFunction<String>) this::top))) {
          same(server, plain, query.getValue().apply(MINUTES / 2));
          measure(query.getKey() + ", served", client -> http(server, query.getValue()));
          measure(query.getKey() + ", plain DuckDB", client -> sql(plain, query.getValue()));
        }
        measure("revenue by category per minute, GET", client -> get(server));
        live(store, server);
      }
    }
  }

  /**
   * Dashboards: each client asks the three queries of the newest hour, while rows are committed.
   */
  private void live(ViewStore store, ViewServer server) throws Exception {
    List<LongFunction<String>> queries = List.of(this::revenue, this::funnel, this::top);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong commits = new AtomicLong();
    Thread writer =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  store.commit(
                      List.of(load(minute(MINUTES - 1, MINUTES + commits.incrementAndGet()))));
                  Thread.sleep(1_000); // the pace of a stream that answers once a second
                }
              } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException("the writer failed", e);
              }
            });
    writer.start();
    try {
      measure(
          "all three of the newest hour, rows committed every second",
          client -> {
            HttpAsk ask = new HttpAsk(server.address(), HttpClient.newHttpClient());
            long[] next = {client};
            return minute -> {
              LongFunction<String> query = queries.get(Math.toIntExact(next[0]++ % 3));
              HttpResponse<byte[]> response = ask.sql(query.apply(MINUTES - 60));
              assertThat(HttpAsk.text(response), response.statusCode(), is(200));
            };
          });
    } finally {
      over.set(true);
      writer.join();
    }
    System.out.printf("%d commits meanwhile%n", commits.get());
  }

  private static long seconds(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toSeconds();
  }

  private static String dimension(int name) {
    return name < CATEGORIES ? "category" : name < CATEGORIES + DEVICES ? "device" : "product";
  }

  private static long orders(long minute, int name) {
    return Math.floorMod(minute * 31 + name * 17L, 7);
  }

  /** The rows of all minutes in SQL, in the order in which a stream would write them. */
  private static String made() {
    return """
        (select case when k < %d then 'category' when k < %d then 'device' else 'product' end dimension,
                'n' || k as name, since as window_start, since + interval 1 minute as window_end, m,
                (m * 31 + k * 17) %% 7 as orders
         from (select i // %d as m, i %% %d as k, timestamp '%s' + to_minutes(i // %d) as since
               from range(%d) r(i)))"""
        .formatted(CATEGORIES, CATEGORIES + DEVICES, NAMES, NAMES, text(START), NAMES, ROWS);
  }

  /**
   * Fills the table of the store by SQL, which takes seconds. Rows that come one by one are laid
   * out in the same way.
   */
  private static void fill(ViewStore store) throws SQLException {
    try (Connection session = store.session();
        Statement statement = session.createStatement()) {
      statement.execute(
          "insert into store.shop_metrics (_id, _revision, _known, _finished, _rank, _tier, _content,"
              + " _end, dimension, name, window_start, window_end, orders, buyers, gmv_minor)"
              + " select uuid(), m, timestamp '2026-01-01', false, 0, 0, 0, window_end, dimension,"
              + " name, window_start, window_end, orders, orders, orders * 499 from "
              + made());
    }
  }

  private static ViewLoad load(List<StoredRow> rows) {
    return new ViewLoad(METRICS.name(), "load", rows, true, false, Map.of());
  }

  /** The rows of all names in a minute, with a revision that grows. */
  private static List<StoredRow> minute(long minute, long revision) {
    List<StoredRow> rows = new ArrayList<>(NAMES);
    Instant start = START.plusSeconds(60 * minute);
    Instant end = start.plusSeconds(60);
    for (int name = 0; name < NAMES; name++) {
      long orders = orders(minute, name) + (revision > minute ? 1 : 0);
      List<Object> values =
          Arrays.asList(dimension(name), "n" + name, start, end, orders, orders, orders * 499);
      rows.add(new StoredRow(StoredRow.id(values.subList(0, 4)), revision, false, values));
    }
    return rows;
  }

  private static void fill(Connection plain) throws SQLException {
    try (Statement statement = plain.createStatement()) {
      statement.execute(
          "create table shop_metrics as select dimension, name, window_start, window_end, m as"
              + " revision, orders, orders as buyers, orders * 499 as gmv_minor from "
              + made());
    }
  }

  private static String between(long minute, long width) {
    Instant from = START.plusSeconds(60 * minute);
    return "window_start >= timestamp '%s' and window_start < timestamp '%s'"
        .formatted(text(from), text(from.plusSeconds(60 * width)));
  }

  private static String text(Instant instant) {
    return instant.toString().replace("T", " ").replace("Z", "");
  }

  private String revenue(long minute) {
    return "select name, window_start, gmv_minor from shop_metrics where dimension = 'category' and "
        + between(minute, 60)
        + " order by window_start, name";
  }

  private String funnel(long minute) {
    return "select name, time_bucket(interval 5 minutes, window_start) since, sum(orders) orders,"
        + " sum(buyers) buyers, sum(buyers) / sum(orders) share from shop_metrics where dimension ="
        + " 'device' and "
        + between(minute, 60)
        + " group by all order by since, name";
  }

  private String top(long minute) {
    return "select name, sum(orders) orders, sum(gmv_minor) gmv from shop_metrics where dimension ="
        + " 'product' and "
        + between(minute, 15)
        + " group by name having sum(orders) >= 10 order by gmv desc, name limit 10";
  }

  /** The server gives as many rows as the plain database, and some. */
  private static void same(ViewServer server, Connection plain, String sql) throws Exception {
    int rows = HttpAsk.json(new HttpAsk(server.address()).sql(sql)).path("rows").size();
    assertThat(sql, rows, is(rows(plain, sql)));
    assertThat(sql, rows > 0, is(true));
  }

  private static int rows(Connection plain, String sql) throws SQLException {
    try (Statement statement = plain.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int rows = 0;
      while (result.next()) {
        rows++;
      }
      return rows;
    }
  }

  /** What a client does once. */
  private interface Ask {
    void ask(long minute) throws Exception;
  }

  private static Ask http(ViewServer server, LongFunction<String> query) {
    HttpAsk ask = new HttpAsk(server.address(), HttpClient.newHttpClient());
    return minute -> {
      HttpResponse<byte[]> response = ask.sql(query.apply(minute));
      assertThat(HttpAsk.text(response), response.statusCode(), is(200));
    };
  }

  private static Ask get(ViewServer server) {
    HttpAsk ask = new HttpAsk(server.address(), HttpClient.newHttpClient());
    return minute -> {
      Instant from = START.plusSeconds(60 * minute);
      HttpResponse<byte[]> response =
          ask.get(
              "/api/views/shop.metrics?dimension=category&columns=name,window_start,gmv_minor"
                  + "&limit=1200&order=window_start,name&from="
                  + from
                  + "&to="
                  + from.plusSeconds(3_600));
      assertThat(HttpAsk.text(response), response.statusCode(), is(200));
    };
  }

  private static Ask sql(Connection plain, LongFunction<String> query) throws SQLException {
    Connection mine = ((DuckDBConnection) plain).duplicate();
    return minute -> assertThat(rows(mine, query.apply(minute)) > 0, is(true));
  }

  /** Makes the client of a number. */
  private interface Client {
    Ask of(int number) throws Exception;
  }

  private static void measure(String what, Client client) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Callable<List<Long>>> clients = new ArrayList<>();
      LongAdder asked = new LongAdder();
      long cpu = CPU.getProcessCpuTime();
      long warm = System.nanoTime() + TIME.toNanos() / 4;
      long until = warm + TIME.toNanos();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        clients.add(
            () -> {
              Ask ask = client.of(number);
              SplittableRandom random = new SplittableRandom(number);
              List<Long> nanos = new ArrayList<>();
              while (System.nanoTime() < until) {
                long began = System.nanoTime();
                ask.ask(random.nextLong(MINUTES - 60));
                asked.increment();
                if (began > warm) {
                  nanos.add(System.nanoTime() - began);
                }
              }
              return nanos;
            });
      }
      List<Long> all = new ArrayList<>();
      for (Future<List<Long>> done : threads.invokeAll(clients)) {
        all.addAll(done.get());
      }
      all.sort(null);
      System.out.printf(
          "%s: %d clients, %.0f/s, p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, %.1f ms of a core each%n",
          what,
          CLIENTS,
          all.size() / (TIME.toNanos() / 1e9),
          all.get(all.size() / 2) / 1e6,
          all.get(all.size() * 95 / 100) / 1e6,
          all.get(all.size() * 99 / 100) / 1e6,
          (CPU.getProcessCpuTime() - cpu) / 1e6 / asked.sum());
    } finally {
      threads.shutdownNow();
    }
  }
}
