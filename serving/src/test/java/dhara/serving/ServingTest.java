package dhara.serving;

import static dhara.serving.AnswerTopic.NINE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.Endpoint;
import dhara.connectors.RowJson;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.serving.shop.HttpAsk;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServingStatus.PlaceState;
import dhara.serving.views.ServingStatus.ViewStatus;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a backfill wrote to folders and topics, and that come to a topic, in views. */
class ServingTest {

  private static final String METRICS = "order-metrics.metrics";
  private static final Collection<Analysis<?>> ANALYSES = Analysis.all().values();
  private static final Analysis<?> ORDERS = Analysis.all().get("order-metrics");

  private static EmbeddedKafka kafka;
  @TempDir private static Path shared;
  private static Path answers;

  @TempDir Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void backfill() throws Exception {
    kafka = EmbeddedKafka.start();
    answers = shared.resolve("answers");
    backfill("files:" + answers);
  }

  private static void backfill(String to, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "order-metrics",
                "--events=" + Path.of("../test-data/order-metrics/orders.jsonl"),
                "--answers=" + to));
    arguments.addAll(List.of(more));
    Command.done(arguments);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private ServeOptions options(String... arguments) {
    ServeOptions options = PipelineOptionsFactory.fromArgs(arguments).as(ServeOptions.class);
    options.setPort(0);
    options.setSqlTimeout(HttpAsk.PATIENCE);
    options.setData(folder.resolve("data").toString());
    options.setMemory("500MB");
    return options;
  }

  private Serving open(String... arguments) throws Exception {
    return Serving.open(options(arguments), said::add);
  }

  private static Endpoint at(String uri) {
    return Endpoint.of("--view", uri);
  }

  /** Waits for a condition. */
  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + HttpAsk.PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      Thread.sleep(20);
    }
  }

  private static void awaitOrders(Serving serving, String view, Map<String, Long> orders)
      throws Exception {
    long deadline = System.nanoTime() + HttpAsk.PATIENCE.toNanos();
    while (!orders(serving, view).equals(orders)) {
      if (System.nanoTime() > deadline) {
        assertThat(orders(serving, view), is(orders));
      }
      boolean unused =
          serving.views().awaitChange(serving.views().lastChange(), Duration.ofMillis(50));
    }
  }

  /** {@code name@minute} and the orders. */
  private static Map<String, Long> orders(Serving serving, String view) throws Exception {
    Map<String, Long> orders = new TreeMap<>();
    if (serving.views().all().stream().noneMatch(each -> each.name().equals(view))) {
      return orders;
    }
    for (List<Object> row : page(serving, view).rows()) {
      long minute = Duration.between(NINE, (Instant) row.get(2)).toMinutes();
      orders.put(row.get(1) + "@" + minute, (Long) row.get(5));
    }
    return orders;
  }

  private static ViewPage page(Serving serving, String view) throws Exception {
    return serving
        .views()
        .query(
            new ViewQuery(
                view, List.of(), List.of(), null, null, List.of(), ViewQuery.MOST, null, null));
  }

  private static ViewStatus status(Serving serving, String view) {
    return serving.views().status().views().stream()
        .filter(each -> each.view().equals(view))
        .findFirst()
        .orElseThrow();
  }

  /** The rows of a view as a reader of its files would have them: without revision and state. */
  private static List<String> rows(Serving serving, String view) throws Exception {
    ServedView served = serving.views().named(view);
    List<String> rows = new ArrayList<>();
    for (List<Object> row : page(serving, view).rows()) {
      ObjectNode json = RowJson.object();
      for (int i = 0; i < row.size(); i++) {
        ViewColumn column = served.columns().get(i);
        if (column.role() != Role.REVISION && column.role() != Role.STATE) {
          Object value = row.get(i);
          json.putPOJO(column.name(), value instanceof Instant ? value.toString() : value);
        }
      }
      rows.add(plain(json.toString()));
    }
    rows.sort(null);
    return rows;
  }

  /** Instants as Java writes them. */
  private static String plain(String json) {
    return json.replaceAll("(:\\d\\d)[.]000(Z\")", "$1$2")
        .replaceAll("(:\\d\\d[.]\\d{3})000(Z\")", "$1$2");
  }

  private static List<String> settled(Path output) throws Exception {
    return SettledAnswers.in(output).stream().map(ServingTest::plain).sorted().toList();
  }

  @Test
  void theAnswersOfABackfillAreServedAsTheyAreInItsFolder() throws Exception {
    try (Serving serving = open()) {
      serving.add(ORDERS, at("files:" + answers));
      serving.start();
      await("loaded", () -> status(serving, METRICS).places().get(0).state() == PlaceState.DONE);
      await("158 rows", () -> status(serving, METRICS).rows() == 158);
      await("6 totals", () -> status(serving, "order-metrics.totals").rows() == 6);
      assertThat(rows(serving, METRICS), is(settled(answers.resolve("metrics"))));
      assertThat(rows(serving, "order-metrics.totals"), is(settled(answers.resolve("totals"))));
      await("top", () -> status(serving, "order-metrics.top").rows() == 2);
      await("books", () -> !serving.views().status().analyses().get(0).ledger().isEmpty());
      await("dead", () -> serving.views().status().analyses().get(0).deadLetters().size() > 0);
      var books = serving.views().status().analyses().get(0);
      assertThat(books.ledger().get(0).get("read"), is(3097L));
      assertThat(books.deadLetters().values().stream().mapToLong(n -> n).sum(), is(30L));
      assertThat(
          page(serving, METRICS).rows().stream().map(row -> row.get(13)).distinct().toList(),
          is(List.of("settled")));
    }
    assertThat(said, is(List.of()));
  }

  @Test
  void everyFormatOfFilesGivesTheSameRows() throws Exception {
    for (String format : List.of("csv", "avro")) {
      Path there = folder.resolve(format);
      backfill("files:" + there + "?format=" + format);
    }
    try (Serving serving = open()) {
      serving.add(ORDERS, at("files:" + answers));
      serving.add("csv", ANALYSES, at("files:" + folder.resolve("csv/metrics")));
      serving.add("avro", ANALYSES, at("files:" + folder.resolve("avro/metrics")));
      serving.start();
      await("all", () -> serving.loaded() && serving.views().all().size() == 8);
      for (String view : List.of("csv", "avro")) {
        await(view, () -> status(serving, view).rows() == 158);
        assertThat(rows(serving, view), is(rows(serving, METRICS)));
        assertThat(
            serving.views().named(view).columns(), is(serving.views().named(METRICS).columns()));
      }
    }
  }

  @Test
  void theAnswersOfABackfillInTopicsAreTheSame() throws Exception {
    backfill(kafka.uri("backfilled"));
    // Only part of the events again: what this one does not have is withdrawn.
    try (Serving serving = open()) {
      serving.add(ORDERS, at(kafka.uri("backfilled")));
      serving.start();
      await("158 rows", () -> status(serving, METRICS).rows() == 158);
      assertThat(rows(serving, METRICS), is(settled(answers.resolve("metrics"))));
      Path fewer = folder.resolve("fewer.jsonl");
      // One byte is a character, because some lines are no UTF-8 on purpose.
      List<String> lines =
          Files.readAllLines(Path.of("../test-data/order-metrics/orders.jsonl"), ISO_8859_1);
      Files.write(fewer, lines.subList(0, lines.size() / 4), ISO_8859_1);
      Command.done(
          List.of(
              "order-metrics",
              "--events=" + fewer,
              "--answers=" + kafka.uri("backfilled"),
              "--overwrite=true"));
      Path part = folder.resolve("part");
      Command.done(List.of("order-metrics", "--events=" + fewer, "--answers=files:" + part));
      List<String> wanted = settled(part.resolve("metrics"));
      assertThat(wanted.size(), is(not(158)));
      await("withdrawn", () -> status(serving, METRICS).rows() == wanted.size());
      assertThat(rows(serving, METRICS), is(wanted));
      assertThat(status(serving, METRICS).lag(), is(0L));
    }
  }

  @Test
  void historyAndLiveAreOneViewWithoutADoubleCount() throws Exception {
    AnswerTopic live = new AnswerTopic(kafka, "live", 2);
    // The stream answers again about the last minutes of the history, and goes on.
    live.answer("books", 26, 1_790_000_000_000_000L, 1000)
        .answer("books", 30, 1_790_000_000_000_001L, 7)
        .answer("toys", 30, 1_790_000_000_000_001L, 8)
        .write();
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, at("files:" + answers + "/metrics"));
      serving.add(METRICS, ANALYSES, at(kafka.uri("live")));
      serving.start();
      long history = orders(settled(answers.resolve("metrics")), "books@26");
      long before =
          settled(answers.resolve("metrics")).stream().mapToLong(ServingTest::count).sum();
      long rows = 158L + 2 + (history == 0 ? 1 : 0);
      await("both", () -> serving.loaded() && status(serving, METRICS).rows() == rows);
      try (Connection session = serving.views().session();
          Statement statement = session.createStatement();
          ResultSet sum = statement.executeQuery("select sum(orders) from order_metrics_metrics")) {
        sum.next();
        assertThat(sum.getLong(1), is(before - history + 1000 + 7 + 8));
      }
      live.withdrawal("books", 26, 1_790_000_000_000_002L).write();
      await("withdrawn", () -> status(serving, METRICS).rows() == rows - 1);
    }
  }

  private static long count(String row) {
    try {
      return RowJson.value(row).get("orders").asLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long orders(List<String> rows, String key) {
    String name = key.substring(0, key.indexOf('@'));
    String start = AnswerTopic.at(Integer.parseInt(key.substring(key.indexOf('@') + 1))).toString();
    return rows.stream()
        .filter(row -> row.contains("\"name\":\"" + name + "\""))
        .filter(row -> row.contains("\"window_start\":\"" + start))
        .mapToLong(ServingTest::count)
        .sum();
  }

  @Test
  void aTopicIsFollowedFromWhereItWasReadAfterARestart() throws Exception {
    kafka.createTopic("restart", 1);
    AnswerTopic topic = new AnswerTopic(kafka, "restart");
    topic.answer("a", 0, 1, 10).answer("b", 0, 1, 20).write();
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, at(kafka.uri("restart")));
      serving.start();
      awaitOrders(serving, METRICS, Map.of("a@0", 10L, "b@0", 20L));
      topic.answer("a", 0, 2, 11).withdrawal("b", 0, 2).write();
      awaitOrders(serving, METRICS, Map.of("a@0", 11L));
    }
    topic.answer("c", 1, 1, 30).answer("a", 0, 1, 10).write();
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, at(kafka.uri("restart")));
      assertThat(orders(serving, METRICS), is(Map.of("a@0", 11L)));
      serving.start();
      awaitOrders(serving, METRICS, Map.of("a@0", 11L, "c@1", 30L));
      assertThat(status(serving, METRICS).taken(), is(2L));
      // Records that retention deletes below the position change nothing.
      kafka.deleteBefore("restart", 0, 3);
      topic.answer("c", 1, 2, 31).write();
      awaitOrders(serving, METRICS, Map.of("a@0", 11L, "c@1", 31L));
    }
  }

  @Test
  void aTopicMayComeLaterGetPartitionsAndBeCreatedAnew() throws Exception {
    try (Serving serving = open();
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      serving.add(METRICS, ANALYSES, at(kafka.uri("later")));
      serving.start();
      await(
          "waiting", () -> status(serving, METRICS).places().get(0).state() == PlaceState.WAITING);
      await("said", () -> !said.isEmpty());
      assertThat(said.get(0), containsString("there is no topic 'later'"));
      AnswerTopic topic = new AnswerTopic(kafka, "later", 1);
      topic.answer("a", 0, 1, 10).answer("a", 1, 1, 10).answer("a", 2, 1, 10).write();
      awaitOrders(serving, METRICS, Map.of("a@0", 10L, "a@1", 10L, "a@2", 10L));
      admin.deleteTopics(List.of("later")).all().get();
      await("gone", () -> !kafka.hasTopic("later"));
      AnswerTopic anew = new AnswerTopic(kafka, "later", 1);
      anew.answer("a", 0, 2, 12).answer("a", 9, 1, 90).write();
      // Its offsets are below the position, and are read all the same.
      awaitOrders(serving, METRICS, Map.of("a@0", 12L, "a@1", 10L, "a@2", 10L, "a@9", 90L));
    }
  }

  @Test
  void nothingIsDroppedBeforeEveryPlaceWasRead() throws Exception {
    AnswerTopic live = new AnswerTopic(kafka, "young", 1);
    live.answer("books", 600, 1_790_000_000_000_000L, 1).write();
    Path history = folder.resolve("history");
    try (Serving serving = open("--keep=PT10H")) {
      serving.add(METRICS, ANALYSES, at("files:" + history));
      serving.add(METRICS, ANALYSES, at(kafka.uri("young")));
      serving.start();
      await("said", () -> said.stream().anyMatch(line -> line.contains("--keep drops")));
      awaitOrders(serving, METRICS, Map.of("books@600", 1L));
      assertThat(serving.loaded(), is(false));
      Files.createDirectories(history);
      Files.writeString(
          history.resolve("a.jsonl"),
          """
          {"dimension":"category","name":"tea","window_start":"2026-01-05T09:00:00Z","window_end":"2026-01-05T09:01:00Z","revision":0,"orders":7,"buyers":1,"gmv_minor":700,"average_order_minor":100,"items":1,"cancellations":0,"cancelled_minor":0,"last_order_at":null}
          {"dimension":"category","name":"tea","window_start":"2026-01-05T09:01:00Z","window_end":"2026-01-05T09:02:00Z","revision":0,"orders":8,"buyers":1,"gmv_minor":700,"average_order_minor":100,"items":1,"cancellations":0,"cancelled_minor":0,"last_order_at":null}
          """);
      await("loaded", serving::loaded);
      // Then what is older is dropped, and not left out as too late.
      awaitOrders(serving, METRICS, Map.of("books@600", 1L, "tea@1", 8L));
      await("dropped", () -> said.stream().anyMatch(line -> line.contains("rows became")));
      assertThat(status(serving, METRICS).expired(), is(0L));
      assertThat(said.stream().filter(line -> line.contains("--keep drops")).count(), is(1L));
    }
  }

  @Test
  void whatIsNoRowIsLeftOutAndSaid() throws Exception {
    AnswerTopic topic = new AnswerTopic(kafka, "mixed", 1);
    topic.garbage("no json").garbage("{\"a\":1}").answer("a", 0, 1, 10).write();
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, at(kafka.uri("mixed")));
      serving.start();
      awaitOrders(serving, METRICS, Map.of("a@0", 10L));
      var place = status(serving, METRICS).places().get(0);
      assertThat(place.unreadable(), is(2L));
      assertThat(place.note(), containsString("lacks the column dimension"));
      assertThat(said, hasItem(containsString("offset=0: cannot be read as a row")));
    }
  }

  @Test
  void windowsThatEndInAThousandYearsAreServedAndInstantsBeyondAllTimeAreLeftOut()
      throws Exception {
    Path there = Files.createDirectories(folder.resolve("stock"));
    List<String> lines =
        Files.readAllLines(Path.of("../test-data/inventory/expected-stock.jsonl")).subList(0, 3);
    assertThat(lines.get(0), containsString("9999-12-31T00:00:00.000Z"));
    Files.write(there.resolve("a.jsonl"), lines);
    Files.writeString(
        there.resolve("b.jsonl"),
        lines.get(0).replace("9999-12-31T00:00:00.000Z", "+999999999-12-31T00:00:00Z") + "\n");
    try (Serving serving = open()) {
      serving.add("inventory.stock", ANALYSES, at("files:" + there));
      serving.start();
      await("stock", () -> status(serving, "inventory.stock").rows() == 3);
      await("garbage", () -> status(serving, "inventory.stock").places().get(0).unreadable() == 1);
      Instant end = Instant.parse("9999-12-31T00:00:00Z");
      assertThat(status(serving, "inventory.stock").newestWindow(), is(end));
      assertThat(page(serving, "inventory.stock").rows().get(0).get(3), is(end));
      assertThat(serving.awaitFailure(Duration.ZERO), is(nullValue()));
    }
  }

  @Test
  void aFirstRecordThatIsNoAnswerIsLeftOutOfAViewOfAnyName() throws Exception {
    AnswerTopic topic = new AnswerTopic(kafka, "any", 1);
    topic.garbage("{\"note\":\"no answer\"}").write();
    try (Serving serving = open()) {
      serving.add("any", ANALYSES, at(kafka.uri("any")));
      serving.start();
      await("said", () -> !said.isEmpty());
      assertThat(said.get(0), containsString("it has no window_start and window_end"));
      topic.garbage("{\"note\":\"again\"}").answer("a", 0, 1, 10).write();
      awaitOrders(serving, "any", Map.of("a@0", 10L));
      assertThat(status(serving, "any").places().get(0).unreadable(), is(2L));
      assertThat(serving.awaitFailure(Duration.ZERO), is(nullValue()));
    }
  }

  @Test
  void twoViewsCannotHaveOneTable() throws Exception {
    Endpoint nowhere = at("files:" + folder.resolve("nowhere"));
    try (Serving serving = open()) {
      // Before a row of either has come.
      serving.add("a.b", ANALYSES, nowhere);
      refused(serving, "a-b", "would be the table a_b in SQL, which is taken by a.b;");
      refused(
          serving, "past-marks", "would be the table past_marks in SQL, which is taken; choose");
      serving.add(METRICS, ANALYSES, nowhere);
    }
    try (Serving serving = open()) {
      refused(
          serving, "order.metrics.metrics", "is taken by order-metrics.metrics; choose another");
      serving.add(METRICS, ANALYSES, nowhere);
      serving.add("a-b", ANALYSES, nowhere);
    }
  }

  private static void refused(Serving serving, String view, String why) {
    BadOption refused =
        assertThrows(
            BadOption.class, () -> serving.add(view, ANALYSES, at("files:" + shared + "/x")));
    assertThat(refused.getMessage(), containsString("--view=" + view));
    assertThat(refused.getMessage(), containsString(why));
  }

  @Test
  void aViewOfAnUnknownAnalysisHasTheTypesOfItsValues() throws Exception {
    Path there = Files.createDirectories(folder.resolve("own"));
    Files.writeString(
        there.resolve("a.jsonl"),
        """
        {"shop":"a","window_start":"2026-01-05T09:00:00Z","window_end":"2026-01-05T10:00:00Z","revision":1,"sum":1,"mean":null,"tags":["x"],"at":"2026-01-05T09:00:01Z","open":true}
        {"shop":"b","window_start":"2026-01-05T09:00:00Z","window_end":"2026-01-05T10:00:00Z","revision":1,"sum":2,"mean":1.5,"tags":[],"at":null,"open":false}
        """);
    try (Serving serving = open()) {
      serving.add("own", ANALYSES, at("files:" + there));
      serving.start();
      await("own", () -> serving.views().all().size() == 1);
      await("rows", () -> status(serving, "own").rows() == 2);
      assertThat(
          serving.views().named("own").columns().stream()
              .map(
                  column ->
                      column.name() + " " + column.type().label() + " " + column.role().label())
              .toList(),
          is(
              List.of(
                  "shop text key",
                  "window_start instant window",
                  "window_end instant window",
                  "revision long revision",
                  "sum long value",
                  "mean double value",
                  "tags json value",
                  "at instant value",
                  "open boolean value",
                  "answer_state text state",
                  "revisable_until instant state")));
      // A stream adds files.
      Files.writeString(
          there.resolve("b.jsonl"),
          """
          {"shop":"a","window_start":"2026-01-05T09:00:00Z","window_end":"2026-01-05T10:00:00Z","revision":2,"withdrawn":true}
          """);
      await("withdrawn", () -> status(serving, "own").rows() == 1);
    }
  }

  /** One of the files of the backfill; how many there are is up to the runner. */
  private static Path someRows() throws IOException {
    try (Stream<Path> files = Files.list(answers.resolve("metrics"))) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).findFirst().orElseThrow();
    }
  }

  @Test
  void aBackfillIsServedWhenItIsComplete() throws Exception {
    Path there = Files.createDirectories(folder.resolve("running"));
    Path claim = Files.createFile(there.resolve("_RUN-20261128T091500123-4711-abcdefgh"));
    Path rows = someRows();
    Files.copy(rows, there.resolve("part.jsonl"));
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, at("files:" + there));
      serving.start();
      await("said", () -> !said.isEmpty());
      assertThat(said.get(0), containsString("is of a backfill that did not finish"));
      assertThat(status(serving, METRICS).rows(), is(0L));
      Files.move(claim, there.resolve("_SUCCESS"));
      await("done", () -> status(serving, METRICS).rows() > 0);
      assertThat(status(serving, METRICS).rows(), is((long) Files.readAllLines(rows).size()));
      assertThat(status(serving, METRICS).taken(), greaterThan(0L));
      assertThat(states(serving), is(List.of("settled")));
    }
  }

  private static List<Object> states(Serving serving) throws Exception {
    return page(serving, METRICS).rows().stream().map(row -> row.get(13)).distinct().toList();
  }

  @Test
  void rowsOfAnUnfinishedBackfillAreSettledWhenItIsComplete() throws Exception {
    Path there = Files.createDirectories(folder.resolve("early"));
    Path claim = Files.createFile(there.resolve("_RUN-20261128T091500123-4711-abcdefgh"));
    Files.copy(someRows(), there.resolve("part.jsonl"));
    Endpoint early = at("files:" + there + "?unfinished=true");
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, early);
      serving.start();
      await("rows", () -> status(serving, METRICS).rows() > 0);
      assertThat(states(serving), is(List.of("open")));
    }
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, early);
      serving.start();
      await("loaded", serving::loaded);
      assertThat(status(serving, METRICS).taken(), is(0L));
      Files.move(claim, there.resolve("_SUCCESS"));
      await("settled", () -> states(serving).equals(List.of("settled")));
    }
    try (Serving serving = open()) {
      serving.add(METRICS, ANALYSES, early);
      serving.start();
      await("done", () -> status(serving, METRICS).places().get(0).state() == PlaceState.DONE);
      assertThat(status(serving, METRICS).taken(), is(0L));
    }
  }
}
