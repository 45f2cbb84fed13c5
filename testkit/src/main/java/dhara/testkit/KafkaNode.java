package dhara.testkit;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka cluster of one node, which is broker and controller, on the loopback interface. It
 * continues with the data in its folder. Its main method runs one until it is stopped.
 */
public final class KafkaNode implements AutoCloseable {

  private static final int NODE = 1;

  /** Referenced as long as the process runs, because an unreferenced logger loses its level. */
  private static final List<Logger> QUIET =
      Stream.of("kafka", "org.apache.kafka", "state.change.logger").map(Logger::getLogger).toList();

  private final int port;
  private final KafkaRaftServer server;

  private KafkaNode(int port, KafkaRaftServer server) {
    this.port = port;
    this.server = server;
  }

  /**
   * Starts a broker, and returns when it answers.
   *
   * @param folder its data, from an earlier broker or empty
   * @throws IllegalStateException if it cannot be started
   */
  static KafkaNode start(Path folder, int port, int controllerPort) {
    return start(folder, port, controllerPort, Map.of(), List.of());
  }

  /**
   * The same with more settings.
   *
   * @param more Kafka's own, which override these
   * @param logins that a new broker begins with, as {@code kafka-storage format --add-scram} takes
   *     them
   */
  static KafkaNode start(
      Path folder, int port, int controllerPort, Map<String, Object> more, List<String> logins) {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    try {
      if (Files.notExists(folder.resolve("meta.properties"))) {
        format(folder, logins);
      }
      Map<String, Object> settings = settings(folder, port, controllerPort);
      settings.putAll(more);
      KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
      server.startup();
      return new KafkaNode(port, server);
    } catch (Exception e) {
      // Formatter.run declares no less.
      throw new IllegalStateException("the Kafka broker did not start", e);
    }
  }

  private static void format(Path folder, List<String> logins) throws Exception {
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.randomUuid().toString())
        .setDirectories(List.of(folder.toString()))
        .setMetadataLogDirectory(folder.toString())
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setControllerListenerName("CONTROLLER")
        .setScramArguments(logins)
        .run();
  }

  private static Map<String, Object> settings(Path folder, int brokerPort, int controllerPort) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", NODE);
    settings.put("controller.quorum.voters", NODE + "@localhost:" + controllerPort);
    settings.put(
        "listeners",
        "PLAINTEXT://localhost:" + brokerPort + ",CONTROLLER://localhost:" + controllerPort);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", folder.toString());
    settings.put("auto.create.topics.enable", false);
    settings.put("offsets.topic.replication.factor", (short) 1);
    settings.put("offsets.topic.num.partitions", 1);
    settings.put("transaction.state.log.replication.factor", (short) 1);
    settings.put("transaction.state.log.min.isr", 1);
    settings.put("transaction.state.log.num.partitions", 1);
    settings.put("group.initial.rebalance.delay.ms", 0);
    // Where tests keep all processors busy, it may miss some heartbeats to its own controller.
    settings.put("broker.session.timeout.ms", 60_000);
    // Tests write records that are years old, which must not be deleted by age.
    settings.put("log.retention.ms", -1L);
    settings.put("log.cleaner.dedupe.buffer.size", 2L * 1024 * 1024);
    settings.put("log.index.size.max.bytes", 1024 * 1024);
    return settings;
  }

  /** The broker's {@code host:port}. */
  String bootstrap() {
    return "localhost:" + port;
  }

  /** Waits until somebody stops it. */
  void await() {
    server.awaitShutdown();
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /**
   * Runs a broker until it is stopped.
   *
   * @param arguments the folder of its data, its port, and another for its controller
   */
  public static void main(String... arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("usage: KafkaNode FOLDER PORT CONTROLLER_PORT, e.g. /tmp/kafka 9092 9093");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]).toAbsolutePath());
    KafkaNode node = start(folder, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "dhara-stop"));
    System.out.println("a broker at " + node.bootstrap() + ", its data in " + folder);
    node.await();
  }
}
