package dhara.serving;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.stringContainsInOrder;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dhara.assembly.Assembly;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.OrderMetrics;
import dhara.serving.shop.HttpAsk;
import dhara.serving.views.ColumnType;
import dhara.serving.views.ServingStatus.ViewStatus;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of a backfill in tables of PostgreSQL: compared, written again, and served. */
class PostgresServingTest {

  private static final Analysis<?> ORDERS = Analysis.all().get("order-metrics");
  private static final String METRICS = "order-metrics.metrics";

  @TempDir private static Path shared;
  private static EmbeddedPostgres server;
  private static String files;

  @TempDir Path folder;

  @BeforeAll
  static void backfill() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "there are binaries of PostgreSQL for Linux on amd64 only");
    server = EmbeddedPostgres.start();
    files = "files:" + shared.resolve("answers");
    Command.done(orders("--answers=" + files));
    Command.done(orders("--answers=" + tables("shop")));
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static String tables(String table) {
    return "postgres://localhost:%d/postgres/%s?user=postgres".formatted(server.getPort(), table);
  }

  private static List<String> orders(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "order-metrics", "--events=" + Path.of("../test-data/order-metrics/orders.jsonl")));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private static void execute(String statement) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  private static List<String> query(String query) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      while (found.next()) {
        rows.add(found.getString(1) + " " + found.getString(2));
      }
    }
    return rows;
  }

  @Test
  void reconcileFindsTheAnswersOfTheFilesInTheTables() {
    Command same =
        Command.done(List.of("reconcile", files, tables("shop"), "--analysis=order-metrics"));
    assertThat(same.out(), containsString("166 answers compared: same 166,"));

    Command compared =
        Command.done(
            orders("--answers=files:" + folder.resolve("again"), "--compareTo=" + tables("shop")));
    assertThat(
        compared.out() + compared.err(),
        stringContainsInOrder(
            "same 158, changed 0, new 0, not in this backfill 0",
            "same 2, changed 0, new 0, not in this backfill 0",
            "same 6, changed 0, new 0, not in this backfill 0"));
  }

  @Test
  void aBackfillWrittenOverAnotherReplacesItAndWithdrawsWhatItDoesNotHave() throws Exception {
    Command.done(orders("--answers=" + tables("over")));
    execute(
        """
        update over set orders = 0 where name = 'books';
        insert into over select dimension, 'gone', window_start, window_end, revision, orders,
          buyers, gmv_minor, average_order_minor, items, cancellations, cancelled_minor,
          last_order_at from over limit 1
        """);

    Command again = Command.done(orders("--answers=" + tables("over"), "--overwrite=true"));

    assertThat(
        again.err(),
        containsString(
            "metrics: 159 rows to the table public.over; 1 of them withdraw what this backfill does"
                + " not have"));
    Command same =
        Command.done(List.of("reconcile", files, tables("over"), "--analysis=order-metrics"));
    assertThat(same.out(), containsString("166 answers compared: same 166,"));
  }

  @Test
  void anEffectThatFiresAgainIsOneRow() throws Exception {
    for (String run : List.of("first", "second")) {
      Command.done(
          List.of(
              "inventory",
              "--events=" + Path.of("../test-data/inventory/commands.jsonl"),
              "--answers=files:" + folder.resolve(run),
              "--answers=low-stock=" + tables("acts"),
              "--effects=true"));
    }
    assertThat(
        query("select incident, available from acts_low_stock order by incident"),
        is(List.of("MUM SKU-X0005 C00000260 90", "MUM SKU-X0005 C00000266 95")));
  }

  /**
   * The disorder is longer than the data, so that nothing is late; a last event moves the watermark
   * past the others' windows.
   */
  @Test
  void aStreamSettlesOnTheAnswersOfTheBackfill() throws Exception {
    List<String> lines =
        Files.readAllLines(Path.of("../test-data/order-metrics/orders.jsonl"), ISO_8859_1)
            .subList(0, 300);
    Path few = Files.write(folder.resolve("few.jsonl"), lines, ISO_8859_1);
    Command.done(List.of("order-metrics", "--events=" + few, "--answers=" + tables("few")));
    List<String> both = query("select count(*), count(*) from few");
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      kafka.createTopic("orders", 1);
      List<ProducerRecord<byte[], byte[]>> events = new ArrayList<>();
      for (String line : lines) {
        events.add(new ProducerRecord<>("orders", line.getBytes(ISO_8859_1)));
      }
      String last =
          """
          {"id":"last","at":"2026-01-05T12:00:00Z","order":"O","product":"P","category":"books",\
          "quantity":1,"unit_minor":1}""";
      events.add(new ProducerRecord<>("orders", last.getBytes(ISO_8859_1)));
      kafka.produce(events);
      OrderMetrics.Options options = PipelineOptionsFactory.as(OrderMetrics.Options.class);
      options.setRunner(DirectRunner.class);
      options.as(DirectOptions.class).setBlockOnRun(false);
      options.setEvents(List.of(kafka.uri("orders")));
      options.setAnswers(List.of(tables("streamed")));
      options.setDisorder(Duration.ofHours(1));
      try (Assembly assembly = Assembly.of(new OrderMetrics(), options)) {
        assembly.prepare();
        PipelineResult stream = assembly.pipeline().run();
        try {
          String columns =
              "dimension, name, window_start, window_end, orders, buyers, gmv_minor, last_order_at";
          await(
              "the backfill's answers",
              () ->
                  query(
                          """
                          select (select count(*) from streamed where not withdrawn), count(*)
                          from (select %1$s from streamed where not withdrawn
                            intersect select %1$s from few) as same
                          """
                              .formatted(columns))
                      .equals(both));
        } finally {
          stream.cancel();
        }
      }
    }
  }

  @Test
  void theViewsOfTablesHaveTheRowsOfTheFilesAndFollowChanges() throws Exception {
    Command.done(orders("--answers=" + tables("live")));
    try (Serving ofFiles = open("files", files);
        Serving ofTables = open("tables", tables("live"))) {
      for (String output : List.of("metrics", "totals", "top", "late", "dead-letters", "ledger")) {
        String view = "order-metrics." + output;
        if (!output.equals("late")) {
          await(output, () -> status(ofFiles, view).rows() > 0);
          await(output, () -> status(ofTables, view).rows() == status(ofFiles, view).rows());
        }
        if (!output.equals("dead-letters")) { // they tell when they were seen
          assertThat(rows(ofTables, view), is(rows(ofFiles, view)));
        }
      }
      assertThat(status(ofTables, METRICS).rows(), is(158L));
      execute(
          """
          update live set orders = 4711, revision = revision + 1,
            written_in = pg_current_xact_id() where name = 'books';
          update live set withdrawn = true, revision = revision + 1,
            written_in = pg_current_xact_id() where name = 'games'
          """);
      await(
          "withdrawn",
          () -> rows(ofTables, METRICS).stream().noneMatch(row -> row.contains("games")));
      await(
          "changed",
          () ->
              rows(ofTables, METRICS).stream()
                  .filter(row -> row.contains("books"))
                  .allMatch(row -> row.contains("4711")));
    }
  }

  private Serving open(String data, String place) throws Exception {
    ServeOptions options = PipelineOptionsFactory.as(ServeOptions.class);
    options.setPort(0);
    options.setSqlTimeout(HttpAsk.PATIENCE);
    options.setData(folder.resolve(data).toString());
    options.setMemory("300MB");
    List<String> said = new CopyOnWriteArrayList<>();
    Serving serving = Serving.open(options, said::add);
    serving.add(ORDERS, Endpoint.of("--view", place));
    serving.start();
    return serving;
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + HttpAsk.PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      Thread.sleep(20);
    }
  }

  private static ViewStatus status(Serving serving, String view) {
    return serving.views().status().views().stream()
        .filter(each -> each.view().equals(view))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Without revisions and states, which differ by the time and the kind of place. A table keeps the
   * fields of an object in an order of its own.
   */
  private static List<List<Object>> rows(Serving serving, String view) throws Exception {
    ViewPage page =
        serving
            .views()
            .query(
                new ViewQuery(
                    view, List.of(), List.of(), null, null, List.of(), ViewQuery.MOST, null, null));
    List<List<Object>> rows = new ArrayList<>();
    for (List<Object> row : page.rows()) {
      List<Object> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        ViewColumn column = page.columns().get(i);
        if (column.role() != Role.REVISION && column.role() != Role.STATE) {
          String cell = String.valueOf(row.get(i));
          cells.add(column.type() == ColumnType.JSON ? RowJson.value(cell) : cell);
        }
      }
      rows.add(cells);
    }
    return rows;
  }
}
