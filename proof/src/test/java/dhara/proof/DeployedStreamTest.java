package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
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
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.yaml.snakeyaml.Yaml;

/**
 * What {@code deploy} writes for Flink's Kubernetes operator, run without Kubernetes: its topics on
 * a real broker, its main class and arguments by a JobManager in application mode, with its
 * configuration of Flink. Only the addresses of storage and the kind of high availability differ.
 */
@Isolated("it starts processes, each of which takes both cores")
class DeployedStreamTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String STORAGE = "s3://bucket/dhara";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void settlesOnTheOraclesAnswersAndGoesOnFromItsSavepoint() throws Exception {
    Analysis<?> analysis = Analysis.all().get("order-metrics");
    Replayed replayed =
        Replayed.of(
            kafka,
            folder,
            analysis,
            "orders-all",
            1,
            600,
            List.of("--disorder=PT8S", "--late=0.03", "--lateBy=PT2M", "--garbage=0.03"));
    List<ConsumerRecord<byte[], byte[]>> all = kafka.readAll("orders-all");
    kafka.createTopic("orders", 4);
    Path deployed = folder.resolve("deployed");
    Command.done(
        "flink",
        List.of(
            "deploy",
            "order-metrics",
            "--target=flink-operator",
            "--image=registry.example.com/dhara-flink:1",
            "--storage=" + STORAGE,
            "--out=" + deployed,
            "--events=" + kafka.uri("orders"),
            "--answers=" + kafka.uri("metrics"),
            "--disorder=PT10S",
            "--lateness=PT20S",
            "--idleAfter=PT1H"));
    createTopics(deployed.resolve("topics.sh"));
    Map<?, ?> spec =
        in(new Yaml().load(Files.readString(deployed.resolve("deployment.yaml"))), "spec");

    String savepoint;
    try (EmbeddedStream stream = run(spec, "first", Map.of())) {
      copy(all, 0);
      stream.ledger(kafka, "metrics-ledger", ledger -> ledger.read() > 0, PATIENCE);
      savepoint = stopped(stream);
    }
    try (EmbeddedStream stream =
        run(spec, "second", Map.of("execution.savepoint.path", savepoint))) {
      copy(all, 1);
      new Settling(kafka, stream).check(analysis, replayed, "metrics");
    }
  }

  /** Runs the script with a command in place of Kafka's, and creates what that is asked for. */
  private static void createTopics(Path script) throws Exception {
    Path asked = folder.resolve("asked");
    Path recorder = folder.resolve("recorder.sh");
    Files.writeString(recorder, "echo \"$@\" >> " + asked + "\n");
    ProcessBuilder shell = new ProcessBuilder("sh", script.toString()).inheritIO();
    shell.environment().put("KAFKA_TOPICS", "sh " + recorder);
    assertThat(shell.start().waitFor(), is(0));

    Map<String, Map<String, String>> settings = new TreeMap<>();
    for (String line : Files.readAllLines(asked)) {
      Map<String, String> given = new TreeMap<>();
      Map<String, String> configs = new TreeMap<>();
      List<String> words = List.of(line.split(" ", -1));
      assertThat(words.subList(0, 2), is(List.of("--create", "--if-not-exists")));
      for (int i = 2; i < words.size(); i += 2) {
        String value = words.get(i + 1);
        if (words.get(i).equals("--config")) {
          int equals = value.indexOf('=');
          configs.put(value.substring(0, equals), value.substring(equals + 1));
        } else {
          given.put(words.get(i), value);
        }
      }
      assertThat(given.get("--bootstrap-server"), is(kafka.bootstrap()));
      assertThat(given.get("--replication-factor"), is("3"));
      assertThat(configs.remove("min.insync.replicas"), is("2"));
      settings.put(given.get("--topic"), configs);
      // There is one broker here, for one copy of each record.
      kafka.createTopic(given.get("--topic"), Integer.parseInt(given.get("--partitions")), configs);
    }
    assertThat(
        settings.keySet().stream().toList(),
        is(
            List.of(
                "metrics",
                "metrics-dead-letters",
                "metrics-late",
                "metrics-ledger",
                "metrics-top",
                "metrics-totals")));
    assertThat(settings.get("metrics"), is(Map.of("cleanup.policy", "compact")));
    assertThat(settings.get("metrics-ledger"), is(Map.of("cleanup.policy", "compact")));
    assertThat(settings.get("metrics-late").get("cleanup.policy"), is("delete"));
  }

  /** Runs the job of a FlinkDeployment in a process. */
  private static EmbeddedStream run(Map<?, ?> spec, String name, Map<String, String> more)
      throws Exception {
    Path configuration = Files.createDirectories(folder.resolve(name));
    Map<String, String> settings = new TreeMap<>();
    in(spec, "flinkConfiguration")
        .forEach(
            (key, value) ->
                settings.put(
                    (String) key,
                    ((String) value).replace(STORAGE, "file://" + folder.resolve("storage"))));
    settings.put("high-availability.type", "NONE");
    settings.put("jobmanager.rpc.address", "localhost");
    settings.put("jobmanager.rpc.port", String.valueOf(EmbeddedKafka.freePort()));
    settings.put("taskmanager.host", "localhost");
    settings.put("taskmanager.memory.process.size", "1536m");
    settings.put("rest.address", "localhost");
    settings.put("rest.port", String.valueOf(EmbeddedKafka.freePort()));
    settings.put("metrics.reporter.prometheus.port", String.valueOf(EmbeddedKafka.freePort()));
    settings.put("parallelism.default", String.valueOf(in(spec, "job").get("parallelism")));
    // The operator sets this, too: it ends the cluster itself.
    settings.put("execution.shutdown-on-application-finish", "false");
    settings.put("io.tmp.dirs", configuration.toString());
    settings.putAll(more);
    Files.write(
        configuration.resolve("config.yaml"),
        settings.entrySet().stream().map(e -> e.getKey() + ": '" + e.getValue() + "'").toList());

    List<String> arguments = new ArrayList<>();
    arguments.add(configuration.toString());
    arguments.add((String) in(spec, "job").get("entryClass"));
    ((List<?>) in(spec, "job").get("args")).forEach(word -> arguments.add((String) word));
    return EmbeddedStream.start(folder, ApplicationCluster.class.getName(), arguments, null);
  }

  /** Stops the job with a savepoint, as the operator does, and returns where that is. */
  private static String stopped(EmbeddedStream stream) throws Exception {
    String port =
        Files.readAllLines(folder.resolve("first/config.yaml")).stream()
            .filter(line -> line.startsWith("rest.port: "))
            .map(line -> line.replaceAll("\\D", ""))
            .findFirst()
            .orElseThrow();
    String jobs = "http://localhost:" + port + "/jobs";
    String job = jobs + "/" + asked("GET", jobs, "").get("jobs").get(0).get("id").asText();
    String savepoint =
        job + "/savepoints/" + asked("POST", job + "/stop", "{}").get("request-id").asText();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode state = asked("GET", savepoint, "");
      if (state.path("status").path("id").asText().equals("COMPLETED")) {
        return state.get("operation").get("location").asText();
      }
      stream.checkRunning();
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("no savepoint: " + state + "\n" + stream.said());
      }
      TimeUnit.MILLISECONDS.sleep(50); // between two looks
    }
  }

  private static JsonNode asked(String method, String uri, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    return JSON.readTree(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }

  private static Map<?, ?> in(Object yaml, String key) {
    return (Map<?, ?>) ((Map<?, ?>) yaml).get(key);
  }

  /** One half of the records of each partition, the first or the second. */
  private static void copy(List<ConsumerRecord<byte[], byte[]>> all, int half) {
    long[] sizes = new long[4];
    all.forEach(record -> sizes[record.partition()]++);
    kafka.produce(
        all.stream()
            .filter(record -> (record.offset() < sizes[record.partition()] / 2) == (half == 0))
            .map(
                record ->
                    EmbeddedKafka.record(
                        "orders",
                        record.partition(),
                        Instant.ofEpochMilli(record.timestamp()),
                        record.key(),
                        record.value()))
            .toList());
  }
}
