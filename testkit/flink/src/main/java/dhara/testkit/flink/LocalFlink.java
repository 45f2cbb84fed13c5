package dhara.testkit.flink;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A Flink cluster on one machine, from this class path alone: a JobManager, TaskManagers, and a
 * ZooKeeper, from which a restarted JobManager recovers its jobs. Each runs in its own JVM, which
 * is restarted if it ends. State is kept in RocksDB; checkpoints, savepoints, logs and Flink's
 * configuration are in one folder.
 *
 * <pre>{@code
 * mvn compile exec:exec -Pflink-cluster -Dargs="/tmp/flink --taskManagers=2 --slots=2"
 * }</pre>
 *
 * <p>It is a normal Flink deployment, with ZooKeeper for high availability, except that there is
 * only one machine.
 */
public final class LocalFlink implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String LOCALHOST = "localhost";
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "-Djava.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");

  private final int port;
  private final Path configuration;
  private final List<Jvm> jvms = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private LocalFlink(int port, Path configuration) {
    this.port = port;
    this.configuration = configuration;
  }

  /**
   * Starts a cluster, and returns when it accepts jobs.
   *
   * @param folder for everything that it writes; it continues with the data of an earlier cluster
   * @param classPath of its JVMs, as {@code java -cp} takes it
   * @param taskManagers how many
   * @param slots of each
   * @param port of its REST interface and web page
   * @throws IllegalStateException if one of its JVMs does not start; the message names the log
   */
  public static LocalFlink start(
      Path folder, String classPath, int taskManagers, int slots, int port)
      throws IOException, InterruptedException {
    Path configuration = Files.createDirectories(folder.resolve("conf"));
    int zooKeeper = freePort();
    Map<String, String> settings = settings(folder, slots, port, zooKeeper);
    write(configuration.resolve("config.yaml"), settings, ": ");
    write(
        configuration.resolve("zoo.cfg"),
        Map.of(
            "clientPort",
            String.valueOf(zooKeeper),
            "clientPortAddress",
            LOCALHOST,
            "dataDir",
            folder.resolve("zookeeper").toString(),
            "admin.enableServer",
            "false"),
        "=");

    LocalFlink cluster = new LocalFlink(port, configuration);
    boolean started = false;
    try {
      cluster.startAll(folder.resolve("log"), classPath, taskManagers, settings);
      started = true;
    } finally {
      if (!started) {
        cluster.close();
      }
    }
    return cluster;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> settings(Path folder, int slots, int port, int zooKeeper) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("jobmanager.rpc.address", LOCALHOST);
    settings.put("jobmanager.bind-host", LOCALHOST);
    settings.put("taskmanager.host", LOCALHOST);
    settings.put("taskmanager.bind-host", LOCALHOST);
    settings.put("rest.address", LOCALHOST);
    settings.put("rest.bind-address", LOCALHOST);
    settings.put("rest.port", String.valueOf(port));
    settings.put("high-availability.type", "zookeeper");
    settings.put("high-availability.zookeeper.quorum", LOCALHOST + ":" + zooKeeper);
    settings.put("high-availability.storageDir", uri(folder, "ha"));
    settings.put("state.backend.type", "rocksdb");
    settings.put("state.backend.incremental", "true");
    settings.put("state.checkpoints.dir", uri(folder, "checkpoints"));
    settings.put("state.savepoints.dir", uri(folder, "savepoints"));
    settings.put("taskmanager.numberOfTaskSlots", String.valueOf(slots));
    settings.put("taskmanager.memory.process.size", "1536m");
    // Spreads a stream over all machines, instead of filling the first one.
    settings.put("cluster.evenly-spread-out-slots", "true");
    // Each start of a job loads its classes again, before the old ones are unloaded.
    settings.put("taskmanager.memory.jvm-metaspace.size", "384m");
    settings.put("taskmanager.memory.jvm-overhead.fraction", "0.125");
    settings.put("taskmanager.memory.managed.fraction", "0.25");
    // A lost machine is noticed within ten seconds, a lost process at once.
    settings.put("heartbeat.interval", "2000");
    settings.put("heartbeat.timeout", "10000");
    settings.put("high-availability.zookeeper.client.session-timeout", "10000");
    return settings;
  }

  private static String uri(Path folder, String name) {
    return folder.resolve(name).toAbsolutePath().toUri().toString();
  }

  private static void write(Path file, Map<String, String> settings, String is) throws IOException {
    Files.write(
        file, settings.entrySet().stream().map(e -> e.getKey() + is + e.getValue()).toList());
  }

  private void startAll(Path logs, String classPath, int taskManagers, Map<String, String> settings)
      throws IOException, InterruptedException {
    jvms.add(
        Jvm.start(
            "zookeeper",
            new Jvm.Program(
                flags("-Xmx128m"),
                classPath,
                FlinkZooKeeperQuorumPeer.class.getName(),
                List.of(
                    "--zkConfigFile",
                    configuration.resolve("zoo.cfg").toString(),
                    "--peerId",
                    "1")),
            logs));
    jvms.add(
        Jvm.start(
            "jobmanager",
            new Jvm.Program(
                flags("-Xmx512m"),
                classPath,
                StandaloneSessionClusterEntrypoint.class.getName(),
                configured(List.of())),
            logs));
    TaskExecutorProcessSpec memory =
        TaskExecutorProcessUtils.processSpecFromConfig(Configuration.fromMap(settings));
    for (int i = 1; i <= taskManagers; i++) {
      jvms.add(
          Jvm.start(
              "taskmanager-" + i,
              new Jvm.Program(
                  flags(ProcessMemoryUtils.generateJvmParametersStr(memory).split(" ")),
                  classPath,
                  TaskManagerRunner.class.getName(),
                  configured(
                      List.of(
                          TaskExecutorProcessUtils.generateDynamicConfigsStr(memory).split(" ")))),
              logs));
    }
    for (Jvm jvm : jvms) {
      jvm.await(() -> allRun() && registered() == taskManagers, PATIENCE);
    }
  }

  /** True; throws at once if one has ended, whichever is waited for. */
  private boolean allRun() {
    jvms.forEach(Jvm::check);
    return true;
  }

  private static List<String> flags(String... more) {
    return Stream.concat(FLAGS.stream(), Stream.of(more)).toList();
  }

  private List<String> configured(List<String> more) {
    return Stream.concat(Stream.of("--configDir", configuration.toString()), more.stream())
        .toList();
  }

  /** The number of TaskManagers registered with its JobManager; negative if it does not answer. */
  public int registered() {
    HttpRequest overview =
        HttpRequest.newBuilder(URI.create("http://" + address() + "/overview"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      var answer = http.send(overview, BodyHandlers.ofString());
      JsonNode count = new ObjectMapper().readTree(answer.body()).get("taskmanagers");
      return answer.statusCode() == 200 && count != null ? count.asInt() : -1;
    } catch (IOException e) {
      return -1; // it is not up yet, or down
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** Its address for {@code --flinkMaster}. */
  public String address() {
    return LOCALHOST + ":" + port;
  }

  /** The folder of its configuration, for Flink's own command: {@code FLINK_CONF_DIR}. */
  public Path configuration() {
    return configuration;
  }

  /** The JVM with this name: {@code jobmanager}, {@code taskmanager-1}, {@code zookeeper}. */
  public Jvm jvm(String name) {
    return jvms.stream()
        .filter(jvm -> jvm.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + name + " among " + names()));
  }

  private List<String> names() {
    return jvms.stream().map(Jvm::name).toList();
  }

  /** Its JVMs, one per line. */
  @Override
  public String toString() {
    return jvms.stream().map(Jvm::toString).collect(Collectors.joining(System.lineSeparator()));
  }

  /** Stops it with its jobs; their data stays in the folder. */
  @Override
  public void close() {
    // ZooKeeper last, because the others sign off from it.
    for (int i = jvms.size() - 1; i >= 0; i--) {
      jvms.get(i).close();
    }
  }

  /** Runs a cluster until Ctrl-C. */
  public static void main(String... arguments) {
    System.exit(new CommandLine(new Line()).execute(arguments));
  }

  @Command(
      name = "flink-cluster",
      description =
          "A Flink cluster on this machine, until Ctrl-C. Processes that end are started again.",
      mixinStandardHelpOptions = true)
  private static final class Line implements Callable<Integer> {

    @Parameters(
        paramLabel = "FOLDER",
        description =
            "Where checkpoints, savepoints, logs and the configuration go, e.g. /tmp/flink")
    private Path folder;

    @Option(names = "--taskManagers", defaultValue = "2", description = "How many; 2 by default")
    private int taskManagers;

    @Option(names = "--slots", defaultValue = "2", description = "Of each of them; 2 by default")
    private int slots;

    @Option(names = "--port", defaultValue = "8081", description = "Of REST and the web page; 8081")
    private int port;

    @Override
    public Integer call() throws Exception {
      CountDownLatch end = new CountDownLatch(1);
      try (LocalFlink cluster =
          start(
              folder.toAbsolutePath(),
              System.getProperty("java.class.path"),
              taskManagers,
              slots,
              port)) {
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "dhara-stop"));
        System.out.printf(
            "%s%nhttp://%s takes jobs: --flinkMaster=%s%n",
            cluster, cluster.address(), cluster.address());
        end.await();
      }
      return 0;
    }
  }
}
