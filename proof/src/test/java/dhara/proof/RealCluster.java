package dhara.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.KafkaNode;
import dhara.testkit.flink.Jvm;
import dhara.testkit.flink.LiveStream;
import dhara.testkit.flink.LocalFlink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A Flink cluster and a Kafka broker, each process in its own JVM. Streams are submitted with the
 * command of the packaged jar, as by a user. Everything ends with this process, and leaves its logs
 * in the folder.
 */
final class RealCluster implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int TASK_MANAGERS = 2;
  private static final int SLOTS = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final Path jar;
  private final Jvm broker;
  private final EmbeddedKafka kafka;
  private final LocalFlink flink;
  private final List<Submitted> streams = new ArrayList<>();

  private RealCluster(Path folder, Path jar, Jvm broker, EmbeddedKafka kafka, LocalFlink flink) {
    this.folder = folder;
    this.jar = jar;
    this.broker = broker;
    this.kafka = kafka;
    this.flink = flink;
  }

  /**
   * Starts everything, and returns when it accepts topics and jobs.
   *
   * @param name of its folder, below that of the build
   */
  static RealCluster start(String name) throws Exception {
    Path jar = Path.of(System.getProperty("dhara.flink.jar"));
    if (Files.notExists(jar)) {
      throw new IllegalStateException(
          jar + " is not there; it is packaged before these tests by: mvn verify -Pall-runners");
    }
    Path folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of(System.getProperty("dhara.cluster.folder"))),
            name + "-");
    int port = EmbeddedKafka.freePort();
    Jvm broker =
        Jvm.start(
            "broker",
            new Jvm.Program(
                List.of("-Xmx512m"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                KafkaNode.class.getName(),
                List.of(
                    folder.resolve("kafka").toString(),
                    String.valueOf(port),
                    String.valueOf(EmbeddedKafka.freePort()))),
            folder.resolve("log"));
    boolean started = false;
    try {
      broker.await(() -> listens(port), PATIENCE);
      RealCluster cluster =
          new RealCluster(
              folder,
              jar,
              broker,
              EmbeddedKafka.at("localhost:" + port),
              LocalFlink.start(
                  folder, jar.toString(), TASK_MANAGERS, SLOTS, EmbeddedKafka.freePort()));
      started = true;
      return cluster;
    } finally {
      if (!started) {
        broker.close();
      }
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("localhost", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** The broker's topics. */
  EmbeddedKafka kafka() {
    return kafka;
  }

  /** The broker's process. */
  Jvm broker() {
    return broker;
  }

  /** A process of Flink. */
  Jvm flink(String name) {
    return flink.jvm(name);
  }

  /** The folder that it writes to. */
  Path folder() {
    return folder;
  }

  /** Waits until all TaskManagers are registered. */
  void whole() throws InterruptedException {
    flink.jvm("jobmanager").await(() -> flink.registered() == TASK_MANAGERS, PATIENCE);
  }

  /** Suspends a process for a while, like a hanging machine; it is always resumed. */
  static void hang(Jvm jvm, Duration time) throws IOException, InterruptedException {
    signal(jvm, "STOP");
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos()); // the fault is that the process does nothing
    } finally {
      signal(jvm, "CONT");
    }
  }

  private static void signal(Jvm jvm, String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(jvm.pid())).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill -" + signal + " failed for " + jvm);
    }
  }

  /** The jar that is submitted, {@code dhara-flink.jar}. */
  Path jar() {
    return jar;
  }

  /**
   * The result of a command.
   *
   * @param exit its exit code
   * @param text the output of both its streams
   */
  record Said(int exit, String text) {}

  /**
   * Runs a command of the jar to its end.
   *
   * @param before entries of the class path before the jar
   */
  Said command(List<Path> before, List<String> arguments) throws Exception {
    Path log = Files.createTempFile(folder.resolve("log"), "command-", ".log");
    Process command = launched(before, arguments, log);
    if (!command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      command.destroyForcibly();
      throw new IllegalStateException(arguments + " does not end within " + PATIENCE);
    }
    return new Said(command.exitValue(), Files.readString(log));
  }

  private Process launched(List<Path> before, List<String> arguments, Path log) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-cp",
                String.join(
                    ":",
                    Stream.concat(before.stream(), Stream.of(jar)).map(Path::toString).toList()),
                "dhara.tools.Dhara"));
    all.addAll(arguments);
    Process command =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(command::destroyForcibly));
    return command;
  }

  /**
   * Submits a stream with the command of the jar, and returns when it runs.
   *
   * @param before entries of the class path before the jar; staged with it
   * @param arguments of the command, without those for the cluster
   */
  Submitted stream(List<Path> before, int parallelism, List<String> arguments) throws Exception {
    String name = "stream-" + UUID.randomUUID();
    List<String> all = new ArrayList<>(arguments);
    all.addAll(
        List.of(
            "--flinkMaster=" + flink.address(),
            "--parallelism=" + parallelism,
            "--jobName=" + name));
    Path log = folder.resolve("log").resolve(name + ".log");
    Process command = launched(before, all, log);
    Submitted submitted = new Submitted(name, command, !arguments.contains("--wait=false"), log);
    streams.add(submitted);
    submitted.await(submitted::runs);
    return submitted;
  }

  /** The same with the classes of the jar alone, and two workers. */
  Submitted stream(List<String> arguments) throws Exception {
    return stream(List.of(), 2, arguments);
  }

  /** Cancels all streams that run. */
  void cancelStreams() {
    streams.forEach(Submitted::close);
    streams.clear();
  }

  /** A stream on this cluster. */
  final class Submitted implements LiveStream {

    private final String name;
    private final Process command;
    private final boolean stays;
    private final Path log;

    private Submitted(String name, Process command, boolean stays, Path log) {
      this.name = name;
      this.command = command;
      this.stays = stays;
      this.log = log;
    }

    @Override
    public void checkRunning() {
      if (!command.isAlive() && (stays || command.exitValue() != 0)) {
        throw new IllegalStateException("the stream ended: " + said());
      }
    }

    private String said() {
      try {
        return "exit code " + command.exitValue() + ", " + Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits until a condition holds, while it runs. */
    void await(BooleanSupplier condition) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        checkRunning();
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "%s does not run as it should within %s; the logs are in %s"
                  .formatted(name, PATIENCE, log.getParent()));
        }
        pause();
      }
    }

    private void pause() throws InterruptedException {
      TimeUnit.MILLISECONDS.sleep(200); // between two requests to the JobManager
    }

    /** Whether all of its tasks run; false too while that is unknown. */
    boolean runs() {
      try {
        for (JsonNode job : get("/jobs/overview").get("jobs")) {
          if (job.get("name").asText().equals(name)) {
            JsonNode tasks = job.get("tasks");
            int up = tasks.get("running").asInt() + tasks.get("finished").asInt();
            return job.get("state").asText().equals("RUNNING") && up == tasks.get("total").asInt();
          }
        }
        return false;
      } catch (IOException e) {
        return false; // the JobManager is down
      }
    }

    private String id() throws IOException {
      for (JsonNode job : get("/jobs/overview").get("jobs")) {
        if (job.get("name").asText().equals(name)) {
          return job.get("jid").asText();
        }
      }
      throw new IllegalStateException("the cluster has no job " + name);
    }

    /** Whether it was restored from a checkpoint or savepoint; false too while that is unknown. */
    boolean restored() {
      return counts("restored") > 0;
    }

    private int counts(String checkpoints) {
      try {
        return get("/jobs/" + id() + "/checkpoints").get("counts").get(checkpoints).asInt();
      } catch (IOException e) {
        return 0; // the JobManager is down
      }
    }

    /** Waits until it has completed a checkpoint. */
    void hasCheckpoint() throws InterruptedException {
      await(() -> counts("completed") > 0);
    }

    /**
     * Stops it with a savepoint, and waits for the command's end.
     *
     * @return the savepoint
     */
    String stop() throws Exception {
      String id = id();
      String trigger =
          send("POST", "/jobs/" + id + "/stop", "{\"drain\": false}").get("request-id").asText();
      JsonNode[] status = new JsonNode[1];
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      do {
        pause();
        status[0] = get("/jobs/" + id + "/savepoints/" + trigger);
      } while (!status[0].get("status").get("id").asText().equals("COMPLETED")
          && System.nanoTime() - deadline < 0);
      JsonNode location = status[0].path("operation").path("location");
      if (location.isMissingNode()) {
        throw new IllegalStateException("no savepoint: " + status[0]);
      }
      if (!command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || command.exitValue() != 0) {
        throw new IllegalStateException(
            "the command of a stream that was stopped did not end well: "
                + (command.isAlive() ? "it is alive" : said()));
      }
      return location.asText();
    }

    @Override
    public void close() {
      try {
        command.destroy(); // as Ctrl-C: it cancels the job
        if (!command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          command.destroyForcibly();
        }
        for (JsonNode job : get("/jobs/overview").get("jobs")) {
          if (job.get("name").asText().equals(name) && job.get("end-time").asLong() < 0) {
            JsonNode unused =
                send("PATCH", "/jobs/" + job.get("jid").asText() + "?mode=cancel", "");
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(name + " could not be cancelled; see " + log, e);
      } catch (InterruptedException e) {
        command.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  private JsonNode get(String path) throws IOException {
    return send("GET", path, "");
  }

  private JsonNode send(String method, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + flink.address() + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    flink.close();
    kafka.close();
    broker.close();
  }
}
