package dhara.runners.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * A standalone Spark cluster: a master and workers of one core, each a JVM of its own that has this
 * one's class path; and a driver, which is a JVM of its own too.
 */
final class SparkCluster implements AutoCloseable {

  /** Far beyond what anything here takes, on a machine that does other work. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String HOST = "127.0.0.1";
  private static final String CLASS_PATH = System.getProperty("java.class.path");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int port;
  private final int webPort;
  private final List<Process> workers = new ArrayList<>();
  private final List<Process> all = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private SparkCluster(Path folder) throws IOException {
    this.folder = folder;
    this.port = freePort();
    this.webPort = freePort();
    // What starts executors wants a home with this folder; they find their jars by their option.
    Files.createDirectories(folder.resolve("home/jars"));
    java(
        "master",
        256,
        List.of(),
        "org.apache.spark.deploy.master.Master",
        List.of("--host", HOST, "--port", "" + port, "--webui-port", "" + webPort));
  }

  /** Starts a cluster and waits until all of its workers are there. */
  static SparkCluster start(int workers, Path folder) throws Exception {
    SparkCluster cluster = new SparkCluster(folder);
    try {
      cluster.await(cluster.webPort, "/json/", "the master answers", json -> true);
      for (int i = 0; i < workers; i++) {
        cluster.workers.add(
            cluster.java(
                "worker-" + i,
                256,
                List.of(),
                "org.apache.spark.deploy.worker.Worker",
                List.of(
                    "--host",
                    HOST,
                    "--cores",
                    "1",
                    "--memory",
                    "700m",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    folder.resolve("work-" + i).toString(),
                    cluster.uri())));
      }
      cluster.await(
          cluster.webPort,
          "/json/",
          workers + " workers are there",
          json -> json.get("aliveworkers").asInt() == workers);
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  private String uri() {
    return "spark://" + HOST + ":" + port;
  }

  /** What the master says of itself. */
  JsonNode master(String what, Predicate<JsonNode> condition) throws Exception {
    return await(webPort, "/json/", what, condition);
  }

  /** Kills a worker and its executors, as a machine dies. */
  void killWorker(int index) throws InterruptedException {
    Process worker = workers.get(index);
    List<ProcessHandle> executors = worker.descendants().toList();
    worker.destroyForcibly();
    executors.forEach(ProcessHandle::destroyForcibly);
    worker.waitFor();
  }

  /** Dhara's command on this cluster. */
  Driver command(List<String> arguments) throws IOException {
    int ui = freePort();
    // All jars are on the executors' class path: there is nothing to be sent to them.
    Path nothing = Files.createFile(folder.resolve("nothing-" + ui + ".jar"));
    List<String> said = new ArrayList<>(arguments);
    said.add("--sparkMaster=" + uri());
    said.add("--filesToStage=" + nothing);
    Process process =
        java(
            "driver",
            512,
            List.of(
                "-Dspark.executor.extraClassPath=" + CLASS_PATH,
                "-Dspark.executor.memory=512m",
                "-Dspark.driver.host=" + HOST,
                "-Dspark.ui.port=" + ui),
            "dhara.tools.Dhara",
            said);
    return new Driver(process, ui);
  }

  /** A run of the command, as a process. */
  final class Driver {
    private final Process process;
    private final int ui;

    private Driver(Process process, int ui) {
      this.process = process;
      this.ui = ui;
    }

    /** Waits until at least so many tasks run at once. */
    void awaitTasks(int count) throws Exception {
      String application =
          await(ui, "/api/v1/applications", "the driver answers", json -> json.size() == 1)
              .get(0)
              .get("id")
              .asText();
      await(
          ui,
          "/api/v1/applications/" + application + "/stages?status=active",
          count + " tasks run",
          stages -> {
            int active = 0;
            for (JsonNode stage : stages) {
              active += stage.get("numActiveTasks").asInt();
            }
            return active >= count;
          });
    }

    boolean isRunning() {
      return process.isAlive();
    }

    /** What the command said on both of its streams; fails where it did not end with 0. */
    String done() throws Exception {
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      String said = Files.readString(log("driver"));
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(
            (ended ? "the driver ended with " + process.exitValue() : "the driver does not end")
                + ":\n"
                + said);
      }
      return said;
    }
  }

  private Process java(
      String name, int heapMib, List<String> flags, String main, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMib + "m"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(flags);
    command.addAll(List.of("-cp", CLASS_PATH, main));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile())
            .directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", HOST);
    Process process = builder.start();
    all.add(process);
    return process;
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private JsonNode await(int from, String path, String what, Predicate<JsonNode> condition)
      throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + HOST + ":" + from + path)).build();
    String last = "nothing";
    while (System.nanoTime() < until) {
      try {
        var response = http.send(request, BodyHandlers.ofString());
        last = response.body();
        if (response.statusCode() == 200 && condition.test(JSON.readTree(last))) {
          return JSON.readTree(last);
        }
      } catch (ConnectException e) {
        last = "no connection";
      } catch (JsonProcessingException e) {
        // It says in words that it is starting.
        last = e.getMessage();
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new TimeoutException(
        what + ": not within " + PATIENCE + "; " + request.uri() + " says: " + last + logs());
  }

  private String logs() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).sorted().toList()) {
        all.append("\n--- ").append(file.getFileName()).append('\n').append(Files.readString(file));
      }
    }
    return all.toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (Process process : all) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    all.forEach(process -> process.onExit().join());
  }
}
