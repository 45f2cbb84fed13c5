package dhara.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.testkit.EmbeddedKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A stream of {@code order-metrics} on Flink over a topic that a test writes to, and the server of
 * its answers.
 */
final class ServedStream {

  static final String VIEW = "order-metrics.metrics";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORDERS = "orders";

  private final EmbeddedKafka kafka;
  private final DemoCluster cluster;
  private final Path folder;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private Background serving;
  private long sent;

  private ServedStream(EmbeddedKafka kafka, DemoCluster cluster, Path folder, int port) {
    this.kafka = kafka;
    this.cluster = cluster;
    this.folder = folder;
    this.port = port;
  }

  /** Starts all of it; open windows are answered every second. */
  static ServedStream start(Path folder) throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    kafka.createTopic(ORDERS, 1);
    DemoCluster cluster = DemoCluster.start(1, Files.createDirectories(folder.resolve("flink")));
    cluster.submit(
        "order-metrics",
        List.of(
            "order-metrics",
            "--events=" + kafka.uri(ORDERS),
            "--answers=" + kafka.uri("answers"),
            "--early=PT1S",
            // Only events move its watermark: a silence of this test must not settle windows.
            "--idleAfter=PT1H"));
    ServedStream stream = new ServedStream(kafka, cluster, folder, EmbeddedKafka.freePort());
    stream.serve();
    return stream;
  }

  /** Starts the server, as a user does who comes back to the same folder. */
  void serve() {
    serving =
        Background.start(
            "serving",
            List.of(
                "serve",
                "order-metrics=" + kafka.uri("answers"),
                "--data=" + folder.resolve("served"),
                "--sqlTimeout=PT10M",
                "--port=" + port));
  }

  /** Ends the server; the stream goes on. */
  void stopServing() throws InterruptedException {
    serving.close();
  }

  /** Sends orders, a byte for each character, and returns when the broker has them. */
  void send(List<String> orders) {
    kafka.produce(
        orders.stream()
            .map(
                order ->
                    EmbeddedKafka.record(
                        ORDERS, 0, Instant.now(), null, order.getBytes(ISO_8859_1)))
            .toList());
    sent += orders.size();
  }

  /** How many orders were sent so far. */
  long sent() {
    return sent;
  }

  /** The page, or a place in it. */
  String page(String place) {
    return "http://localhost:" + port + "/" + place;
  }

  /** What the API says. */
  JsonNode get(String path) throws Exception {
    return json(HttpRequest.newBuilder(URI.create(page("").concat(path.substring(1)))).build());
  }

  /** The first number of the first row of a statement. */
  long number(String sql) throws Exception {
    ObjectNode body = JSON.createObjectNode().put("sql", sql);
    return json(HttpRequest.newBuilder(URI.create(page("api/sql")))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build())
        .at("/rows/0/0")
        .asLong();
  }

  /** Whether the ledger beside the answers accounts for everything that was sent. */
  boolean accountsForAll() throws Exception {
    for (JsonNode analysis : get("/api/status").get("analyses")) {
      for (JsonNode ledger : analysis.get("ledger")) {
        if (ledger.get("read").asLong() == sent && ledger.get("balanced").asBoolean()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Waits until something holds; requests that fail meanwhile do not. */
  void until(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + 120_000_000_000L;
    IOException refused = null;
    while (System.nanoTime() - deadline < 0) {
      cluster.checkRunning();
      serving.checkRunning();
      try {
        if (holds.call()) {
          return;
        }
      } catch (IOException e) {
        refused = e; // a server that starts does not listen yet
      }
      Thread.sleep(100);
    }
    throw new AssertionError("not within two minutes: " + what, refused);
  }

  private JsonNode json(HttpRequest request) throws Exception {
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(request.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** Ends all of it. */
  void stop() throws InterruptedException {
    serving.close();
    cluster.close();
    kafka.close();
  }
}
