package dhara.serving.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import dhara.connectors.RowJson;
import dhara.serving.shop.HttpAsk;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Analyses that the server runs itself, on the direct runner. */
@Timeout(1800)
class ServedRunTest {

  private static EmbeddedKafka kafka;
  @TempDir private static Path shared;
  private static Path events;
  private static Map<String, Long> expected;

  @TempDir Path folder;

  @BeforeAll
  static void backfill() throws Exception {
    kafka = EmbeddedKafka.start();
    events = shared.resolve("orders.jsonl");
    Command.done(List.of("generate", "order-metrics", "--count=2000", "--out=" + events));
    Path answers = shared.resolve("answers");
    Command.done(List.of("order-metrics", "--events=" + events, "--answers=files:" + answers));
    expected = new TreeMap<>();
    for (String line : SettledAnswers.in(answers.resolve("metrics"))) {
      JsonNode row = RowJson.value(line);
      String start = Instant.parse(row.get("window_start").asText()).toString();
      expected.put(
          row.get("dimension").asText()
              + " "
              + row.get("name").asText()
              + " "
              + start.replace("T", " ").replace("Z", ""),
          row.get("orders").asLong());
    }
    assertThat(expected, not(anEmptyMap()));
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static void produce(String topic, List<String> lines) {
    kafka.produce(
        lines.stream()
            .map(
                line ->
                    EmbeddedKafka.record(topic, 0, Instant.now(), null, line.getBytes(ISO_8859_1)))
            .toList());
  }

  private static List<String> lines() throws IOException {
    return Files.readAllLines(events, ISO_8859_1);
  }

  @Test
  void aBackfillIsServedWhenItIsAtItsEnd() throws Exception {
    try (RunningServer server =
        RunningServer.start("serve", "--run=order-metrics '--events=" + events + "'", "--port=0")) {
      server.until("all answers are there", () -> server.orders().equals(expected));

      HttpAsk ask = server.ask();
      JsonNode states =
          HttpAsk.json(ask.sql("select distinct answer_state from order_metrics_metrics"));
      assertThat(states.get("rows").toString(), is("[[\"settled\"]]"));
      server.until("it says so", () -> server.said().contains("order-metrics is at its end"));
      JsonNode ledger = ask.json("/api/status").at("/analyses/0/ledger").get(0);
      assertThat(ledger.get("read").asLong(), is((long) lines().size()));
      assertThat(ledger.get("balanced").asBoolean(), is(true));
      assertThat(place(ask, "order-metrics.metrics").get("state").asText(), is("done"));
      assertThat(server.stop(), is(0));
    }
  }

  private static JsonNode rows(HttpAsk ask, String output) throws Exception {
    return ask.json("/api/views/order-metrics." + output).get("rows");
  }

  private static JsonNode place(HttpAsk ask, String view) throws Exception {
    for (JsonNode each : ask.json("/api/status").get("views")) {
      if (each.get("view").asText().equals(view)) {
        return each.at("/places/0");
      }
    }
    throw new AssertionError("there is no " + view);
  }

  @Test
  void aStreamIsServedWhileItRuns() throws Exception {
    kafka.createTopic("live", 1);
    List<String> lines = lines();
    produce("live", lines.subList(0, 1_000));
    try (RunningServer server =
        RunningServer.start(
            "serve",
            "--run=order-metrics --events=" + kafka.uri("live") + " --early=PT1S",
            "--port=0")) {
      server.until("the first answers are there", () -> !server.orders().isEmpty());
      produce("live", lines.subList(1_000, lines.size()));
      server.until("all answers are there", () -> server.orders().equals(expected));
      HttpAsk ask = server.ask();
      assertThat(
          place(ask, "order-metrics.metrics").get("uri").asText(),
          containsString("memory://order-metrics-"));
      // Beside the answers: a record that is no event, and an event of a window that is settled.
      String late = lines.get(0).replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"LATE\"");
      int dead = rows(ask, "dead-letters").size();
      produce("live", List.of("no order", late));
      server.until("dead letters are served", () -> rows(ask, "dead-letters").size() == dead + 1);
      server.until("late events are served", () -> rows(ask, "late").size() == 1);
      assertThat(rows(ask, "late").get(0).get("id").asText(), is("LATE"));
      server.until(
          "the ledger accounts for all",
          () -> {
            JsonNode ledger = ask.json("/api/status").at("/analyses/0/ledger/0");
            return ledger.path("read").asLong() == lines.size() + 2
                && ledger.path("balanced").asBoolean();
          });
      assertThat(server.orders(), is(expected));
      server.until(
          "windows that are over are answered",
          () ->
              HttpAsk.json(
                          ask.sql(
                              "select count(*) from order_metrics_metrics where answer_state <>"
                                  + " 'open'"))
                      .at("/rows/0/0")
                      .asLong()
                  > 0);

      assertThat(server.stop(), is(0));
      assertThat(server.said(), not(containsString("failed")));
    }
  }

  @Test
  void historyAndLiveOfOneAnalysisAreOneView() throws Exception {
    List<String> lines = lines();
    kafka.createTopic("newest", 1);
    // The stream knows only some of the events, and its answers count where it has any.
    produce("newest", lines.subList(1_900, lines.size()));
    try (RunningServer server =
        RunningServer.start(
            "serve",
            "--run=order-metrics --events=" + events,
            "--run=order-metrics --events=" + kafka.uri("newest") + " --early=PT1S",
            "--port=0")) {
      server.until("history is there", () -> server.orders().keySet().equals(expected.keySet()));
      assertThat(server.orders(), aMapWithSize(greaterThan(1)));
      server.until(
          "two places are read",
          () ->
              server.ask().json("/api/status").at("/views").findValues("uri").stream()
                      .map(JsonNode::asText)
                      .distinct()
                      .count()
                  == 2);
      assertThat(server.stop(), is(0));
    }
  }

  @Test
  void aBackfillThatRunsAgainReplacesNothingThatAStreamHasAnswered(@TempDir Path folder)
      throws Exception {
    String data = "--data=" + folder.resolve("store");
    kafka.createTopic("answered", 1);
    produce("answered", lines());
    try (RunningServer server =
        RunningServer.start(
            "serve",
            "--run=order-metrics --events=" + kafka.uri("answered") + " --early=PT1S",
            data,
            "--port=0")) {
      server.until("all answers are there", () -> server.orders().equals(expected));
      assertThat(server.stop(), is(0));
    }
    Path part = Files.write(folder.resolve("part.jsonl"), lines().subList(0, 1_000), ISO_8859_1);
    try (RunningServer server =
        RunningServer.start("serve", "--run=order-metrics --events=" + part, data, "--port=0")) {
      server.until(
          "the backfill is read",
          () -> place(server.ask(), "order-metrics.metrics").get("state").asText().equals("done"));
      assertThat(server.orders(), is(expected));
      assertThat(server.stop(), is(0));
    }
  }

  @Test
  void aStreamThatFailsIsServedAsFarAsItCame() throws Exception {
    kafka.createTopic("broken", 1);
    produce("broken", lines().subList(0, 500));
    try (RunningServer server =
        RunningServer.start(
            "serve",
            "--run=order-metrics --events="
                + kafka.uri("broken")
                + " --early=PT1S --maxDeadLetters=100",
            "--port=0")) {
      server.until("the first answers are there", () -> !server.orders().isEmpty());
      produce("broken", Collections.nCopies(500, "no order"));
      server.until(
          "it says so",
          () -> server.said().contains("it is served as far as it came, because its run failed: "));

      server.until(
          "each view shows it",
          () ->
              place(server.ask(), "order-metrics.metrics").get("state").asText().equals("failed"));
      assertThat(server.orders(), not(anEmptyMap()));
      assertThat(server.stop(), is(0));
    }
  }

  @Test
  void whatCannotRunIsRefusedWithTheFix() {
    refused("--run=: begins with no analysis", "--run=");
    refused("order-metric: is no analysis. Did you mean order-metrics?", "--run=order-metric");
    refused("has a quote that is not closed", "--run=order-metrics '--events=x");
    refused(
        "has --answers, and the server takes the answers itself",
        "--run=order-metrics --answers=console");
    refused("--events: is missing", "--run=order-metrics");
    refused("--windw: is no option of order-metrics", "--run=order-metrics --windw=PT1M");
    refused(
        "the rows of the stream so far are in the store that it was served from",
        "--run=order-metrics --events=kafka://localhost:1/x --resume=/tmp/x");
    refused(
        "has no rows of order-metrics",
        "--run=order-metrics --events=kafka://localhost:1/x --resume=/tmp/x",
        "--data=" + folder.resolve("new"));
  }

  private static void refused(String fix, String... options) {
    List<String> arguments = Command.line(List.of("serve", "--port=0"), List.of(options));
    Command run = Command.run(arguments);
    assertThat(run.err(), containsString(fix));
    assertThat(run.exit(), is(2));
  }

  @Test
  void theStoreOfAServerIsForItsOwnRunsOnly() {
    Command run =
        Command.run(
            List.of("order-metrics", "--events=" + events, "--answers=memory://order-metrics-1"));

    assertThat(run.exit(), is(2));
    assertThat(
        run.err(),
        allOf(
            containsString("--answers=memory://order-metrics-1: is no run of this process"),
            containsString("serve --run='ANALYSIS --events=URI'")));
  }
}
