package dhara.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyArray;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.KeptCheckpoints;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that runs streams itself, on Flink and in a process of its own. */
class ServedRunOnFlinkTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static EmbeddedKafka kafka;
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path folder;
  @TempDir Path temporary;
  private DemoProcess process;
  private int port;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @AfterEach
  void kill() {
    if (process != null) {
      process.close();
    }
  }

  private void serve(String run, String... more) throws IOException {
    port = EmbeddedKafka.freePort();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve", "--run=" + run, "--port=" + port, "--memory=200MB", "--sqlTimeout=PT10M"));
    arguments.addAll(List.of(more));
    process = DemoProcess.ofCommand(temporary, arguments);
  }

  private static void produce(String topic, List<String> lines) {
    kafka.produce(
        lines.stream()
            .map(
                line ->
                    EmbeddedKafka.record(topic, 0, Instant.now(), null, line.getBytes(ISO_8859_1)))
            .toList());
  }

  private JsonNode sent(HttpRequest.Builder request) throws Exception {
    return JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
  }

  private URI at(String path) {
    return URI.create("http://localhost:" + port + path);
  }

  /** Orders by name and the start of the window; none while the server starts. */
  private Map<String, Long> orders() throws Exception {
    Map<String, Long> orders = new TreeMap<>();
    try {
      String body =
          "{\"sql\":\"select dimension, name, window_start, orders from order_metrics_metrics\"}";
      sent(HttpRequest.newBuilder(at("/api/sql"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body)))
          .path("rows")
          .forEach(row -> orders.put(key(row.get(0), row.get(1), row.get(2)), row.get(3).asLong()));
    } catch (IOException e) {
      return Map.of(); // it does not listen yet
    }
    return orders;
  }

  private static String key(JsonNode dimension, JsonNode name, JsonNode start) {
    return dimension.asText() + " " + name.asText() + " " + Instant.parse(start.asText());
  }

  /** The answers of a backfill. */
  private Map<String, Long> backfilled(Path events) throws Exception {
    Path answers = folder.resolve("answers");
    Command.done(
        DemoCluster.ENGINE,
        List.of("order-metrics", "--events=" + events, "--answers=files:" + answers));
    Map<String, Long> orders = new TreeMap<>();
    for (String line : SettledAnswers.in(answers.resolve("metrics"))) {
      JsonNode row = JSON.readTree(line);
      orders.put(
          key(row.get("dimension"), row.get("name"), row.get("window_start")),
          row.get("orders").asLong());
    }
    assertThat(orders, not(anEmptyMap()));
    return orders;
  }

  @Test
  void afterAKillAndAfterCtrlCNoRowThatACheckpointCoversIsMissing() throws Exception {
    Path events = folder.resolve("orders.jsonl");
    Command.doneAnywhere(List.of("generate", "order-metrics", "--count=4000", "--out=" + events));
    Map<String, Long> expected = backfilled(events);
    List<String> lines = Files.readAllLines(events, ISO_8859_1);
    kafka.createTopic("orders", 1);
    Path checkpoints = folder.resolve("checkpoints");
    KeptCheckpoints kept = new KeptCheckpoints(checkpoints);
    String run =
        "order-metrics --events=%s --early=PT1S --checkpoints=%s --resume=auto --checkpointingInterval=500 --parallelism=1"
            .formatted(kafka.uri("orders"), checkpoints);
    String data = "--data=" + folder.resolve("served");

    serve(run, data);
    for (int from = 0; from < 3_000; from += 1_000) {
      produce("orders", lines.subList(from, from + 1_000));
      Set<Path> before = kept.complete();
      process.until(() -> !before.containsAll(kept.complete()) && !orders().isEmpty(), PATIENCE);
    }
    process.kill();

    serve(run, data);
    process.await("Serving at", PATIENCE);
    produce("orders", lines.subList(3_000, lines.size()));
    process.until(() -> orders().equals(expected), PATIENCE);
    process.stop();
    assertThat(process.awaitExit(PATIENCE), is(not(0)));
    assertThat(
        process.said(),
        allOf(
            containsString("stopped, with all that it has read and counted in"),
            containsString("serve --run='order-metrics --events="),
            containsString("--resume=" + checkpoints),
            not(containsString("did not stop cleanly"))));
    assertThat(temporary.toFile().list((dir, name) -> name.startsWith("dhara-")), is(emptyArray()));

    serve(run, data);
    process.await("Serving at", PATIENCE);
    assertThat(orders(), is(expected));
  }

  @Test
  void anInputWithoutRecordsIsNamedByTheCommandAndByTheServer() throws Exception {
    Path events = folder.resolve("fraud");
    Command.doneAnywhere(List.of("generate", "fraud", "--count=500", "--out=" + events));
    for (String input : List.of("payments", "labels", "rules")) {
      kafka.createTopic(input, 1);
    }
    produce("rules", Files.readAllLines(events.resolve("rules.jsonl"), ISO_8859_1));
    List<String> payments = Files.readAllLines(events.resolve("payments.jsonl"), ISO_8859_1);
    serve(
        Stream.of("payments", "labels", "rules")
            .map(input -> " --events=" + input + "=" + kafka.uri(input))
            .collect(Collectors.joining("", "fraud", " --parallelism=1")));
    process.await("Serving at", PATIENCE);
    long[] sent = {0};
    process.until(
        () -> {
          produce("payments", payments.subList((int) sent[0], (int) sent[0] + 1));
          sent[0] = (sent[0] + 1) % payments.size();
          return sent(HttpRequest.newBuilder(at("/api/status")))
              .at("/analyses/0/silent")
              .toString()
              .equals("[\"labels\"]");
        },
        PATIENCE);
    process.await("labels: no record has come, and until one does no answer settles", PATIENCE);
  }

  @Test
  void workersOfAClusterAreRefused() throws Exception {
    kafka.createTopic("elsewhere", 1);
    serve("order-metrics --flinkMaster=localhost:1 --events=" + kafka.uri("elsewhere"));

    assertThat(process.awaitExit(PATIENCE), is(2));
    assertThat(
        process.said(),
        containsString(
            "only workers in the process of the server reach it, and those of a cluster"));
  }
}
