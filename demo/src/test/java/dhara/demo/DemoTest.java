package dhara.demo;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration, in a process of its own, as a user starts and ends it. */
class DemoTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration STARTING = Duration.ofMinutes(10);
  private static final Duration SOON = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path temporary;
  private DemoProcess demo;

  @AfterEach
  void kill() {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  void itServesAnswersOfEachAnalysisUntilCtrlCAndLeavesNothing() throws Exception {
    int port = freePort();
    demo =
        DemoProcess.start(
            temporary, "--analyses=order-metrics,fraud", "--history=PT10M", "--port=" + port);

    demo.await("Page:  http://localhost:" + port + "/", STARTING);
    JsonNode page = get(port, "/api/views/order-metrics.metrics?limit=5");
    assertThat(page.get("rows").size(), is(5));
    assertThat(page.get("rows").get(0).get("orders").asLong(), is(greaterThan(0L)));
    assertThat(get(port, "/api/views/fraud.decisions?limit=1").get("rows").size(), is(1));
    // What went wrong on the way is accounted for.
    awaitLedger(port, ledger -> ledger.get("duplicate").asLong() > 0);
    awaitLedger(port, ledger -> ledger.get("dead_lettered").asLong() > 0);
    awaitLedger(port, ledger -> ledger.get("late").asLong() > 0);

    demo.stop();

    assertThat(demo.awaitExit(SOON), is(not(0)));
    assertThat(demo.said(), containsString("stopped, and all temporary files are deleted"));
    assertThat(demo.said(), not(containsString("failed")));
    try (Stream<Path> left = Files.walk(temporary).skip(1)) {
      assertThat(left.toList(), is(empty()));
    }
  }

  @Test
  void aStreamThatEndsEndsIt() throws Exception {
    demo =
        DemoProcess.start(
            temporary, "--analyses=order-metrics", "--history=PT2M", "--port=" + freePort());
    String flink = demo.await("Flink: (http\\S+)", STARTING);
    JsonNode jobs = get(URI.create(flink + "/jobs"));

    http.send(
        HttpRequest.newBuilder(
                URI.create(flink + "/jobs/" + jobs.at("/jobs/0/id").asText() + "?mode=cancel"))
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.discarding());

    assertThat(demo.awaitExit(SOON), is(1));
    assertThat(demo.said(), containsString("failed: the stream of order-metrics is CANCELED"));
    try (Stream<Path> left = Files.walk(temporary).skip(1)) {
      assertThat(left.toList(), is(empty()));
    }
  }

  @Test
  void aPortThatIsTakenIsRefusedBeforeAnythingStarts() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      demo = DemoProcess.start(temporary, "--port=" + taken.getLocalPort());

      assertThat(demo.awaitExit(SOON), is(2));
      assertThat(
          demo.said(),
          allOf(
              containsString("demo: --port=" + taken.getLocalPort() + ": cannot be used"),
              containsString("--port=8081"),
              not(containsString("broker"))));
    }
    try (Stream<Path> left = Files.walk(temporary).skip(1)) {
      assertThat(left.toList(), is(empty()));
    }
  }

  @Test
  void anUnknownAnalysisIsRefused() throws Exception {
    demo = DemoProcess.start(temporary, "--analyses=order-metric", "--port=" + freePort());

    assertThat(demo.awaitExit(SOON), is(2));
    assertThat(
        demo.said(),
        containsString("--analyses=order-metric: is no analysis. Did you mean order-metrics?"));
  }

  @Test
  void aFullDiskIsToldWithItsFolder() throws IOException {
    new DiskSpace(temporary).check(0);

    IllegalStateException full =
        assertThrows(
            IllegalStateException.class, () -> new DiskSpace(temporary).check(Long.MAX_VALUE));

    assertThat(
        full.getMessage(),
        allOf(containsString("the disk is full: " + temporary), containsString("java.io.tmpdir")));
  }

  private void awaitLedger(int port, Predicate<JsonNode> accounted) throws Exception {
    demo.until(
        () -> {
          for (JsonNode analysis : get(port, "/api/status").get("analyses")) {
            for (JsonNode ledger : analysis.get("ledger")) {
              if (accounted.test(ledger)) {
                return true;
              }
            }
          }
          return false;
        },
        SOON);
  }

  private JsonNode get(int port, String path) throws Exception {
    return get(URI.create("http://localhost:" + port + path));
  }

  private JsonNode get(URI uri) throws Exception {
    return JSON.readTree(
        http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
