package dhara.connectors.google;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Google's emulator of Pub/Sub, where gcloud has it installed: a process of its own. */
final class PubsubEmulator implements AutoCloseable {

  static final String PROJECT = "dhara-tests";

  private static final String TOPIC = "/v1/projects/" + PROJECT + "/topics/orders";
  private static final String SUBSCRIPTION =
      "/v1/projects/" + PROJECT + "/subscriptions/orders-sub";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final int port;

  private PubsubEmulator(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Its jar: beside the gcloud of the path. */
  static Optional<Path> jar() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(path -> Path.of(path, "gcloud"))
        .filter(Files::isExecutable)
        .findFirst()
        .flatMap(PubsubEmulator::jarBeside);
  }

  private static Optional<Path> jarBeside(Path gcloud) {
    try {
      Path lib = gcloud.toRealPath().getParent().resolveSibling("platform/pubsub-emulator/lib");
      if (!Files.isDirectory(lib)) {
        return Optional.empty();
      }
      try (Stream<Path> jars = Files.list(lib)) {
        return jars.filter(jar -> jar.toString().endsWith(".jar")).findFirst();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, with a topic and a subscription. */
  static PubsubEmulator start(Path log) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                jar().orElseThrow().toString(),
                "--host=127.0.0.1",
                "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PubsubEmulator emulator = new PubsubEmulator(process, port);
    emulator.awaitTopic(log);
    emulator.asked(
        "PUT",
        SUBSCRIPTION,
        "{\"topic\":\"%s\",\"ackDeadlineSeconds\":60}".formatted(TOPIC.substring("/v1/".length())));
    return emulator;
  }

  private void awaitTopic(Path log) throws InterruptedException, IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        asked("PUT", TOPIC, "");
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() - deadline > 0) {
          close();
          throw new IOException("the emulator does not answer:\n" + Files.readString(log), e);
        }
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      }
    }
  }

  /** Where its REST interface is. */
  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  void publish(List<byte[]> payloads) throws IOException, InterruptedException {
    asked(
        "POST",
        TOPIC + ":publish",
        payloads.stream()
            .map(payload -> Base64.getEncoder().encodeToString(payload))
            .map("{\"data\":\"%s\"}"::formatted)
            .collect(Collectors.joining(",", "{\"messages\":[", "]}")));
  }

  private void asked(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
