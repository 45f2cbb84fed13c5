package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.events.Event;
import dhara.formats.RecordFields;
import dhara.parity.Command;
import dhara.parity.EmbeddedKafka;
import dhara.parity.GeneratedEvents;
import dhara.parity.LeanTicks;
import dhara.parity.Oracle;
import dhara.parity.RealData;
import dhara.parity.SettledAnswers;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The stream settles on what the backfill says: every analysis, from a topic of a real broker, on a
 * Flink cluster of two task managers, into a topic. Of the topic's four partitions two flow, one
 * falls silent after its first events, and one is never written.
 */
class FlinkStreamParityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration CLOSING = Duration.ofDays(1);
  private static final int IDLE = 2;
  private static final int PARTITIONS = 4;

  @TempDir static Path checkpoints;

  private static EmbeddedKafka kafka;
  private static MiniCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start();
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(1)
                .build());
    cluster.start();
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    kafka.close();
  }

  static Stream<Arguments> analysesSeedsAndOptions() {
    return Analysis.all().keySet().stream()
        .flatMap(
            name ->
                Stream.of(
                    Arguments.of(name, 1L, List.of()),
                    Arguments.of(name, 2L, List.of("--early=PT1S"))));
  }

  @ParameterizedTest(name = "{0}, seed {1} {2}")
  @MethodSource("analysesSeedsAndOptions")
  void theStreamSettlesOnTheAnswersOfTheOracle(
      String name, long seed, List<String> options, @TempDir Path folder) throws Exception {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.of(analysis, seed, 3_000, folder);
    String events = name + "-" + seed;
    kafka.createTopic(events, PARTITIONS);
    List<byte[]> lines = lines(generated.file());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      records.add(record(events, i < 20 && i % 4 == 0 ? IDLE : i % 2, lines.get(i)));
    }
    byte[] last = JSON.writeValueAsBytes(closing(generated));
    kafka.produce(records);
    kafka.produce(List.of(record(events, 0, last), record(events, 1, last)));

    Map<String, List<String>> oracle = Oracle.of(name).answers(generated.events());
    String answers = "answers-" + events;
    List<String> arguments = new ArrayList<>(options);
    arguments.add(0, name);
    arguments.add("--events=" + kafka.uri(events));
    arguments.add("--answers=" + kafka.uri(answers));
    streaming(
        arguments,
        () -> {
          for (Output<?, ?> output : analysis.outputs()) {
            boolean first = output.equals(analysis.outputs().get(0));
            settles(
                first ? answers : answers + "-" + output.name(),
                SettledAnswers.of(oracle.get(output.name())));
          }
        });

    Map<String, Long> reasons = new TreeMap<>();
    for (String letter : values(answers + "-dead-letters")) {
      reasons.merge(JSON.readTree(letter).get("reason").asText(), 1L, Long::sum);
    }
    assertThat(reasons, is(generated.deadLetters()));
  }

  @Test
  void candlesOfRealTicksSettleOnTheNaiveBars(@TempDir Path folder) throws Exception {
    Path ticks = folder.resolve("ticks.csv");
    LeanTicks.prepare(RealData.data().resolve("lean_ticks"), ticks);
    kafka.createTopic("ticks", PARTITIONS);
    List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    try (Stream<String> lines = Files.lines(ticks)) {
      for (String line : (Iterable<String>) lines::iterator) {
        List<String> cells = List.of(line.split(",", -1));
        if (columns.isEmpty()) {
          columns.addAll(cells);
          continue;
        }
        batch.add(tick(columns, cells));
        if (batch.size() == 10_000) {
          kafka.produce(batch);
          batch.clear();
        }
      }
    }
    batch.add(tick(columns, List.of("z0", "2013-10-12T00:00:00", "BAC", "1", "1", "P", "", "0")));
    batch.add(tick(columns, List.of("z1", "2013-10-12T00:00:00", "IBM", "1", "1", "P", "", "0")));
    kafka.produce(batch);

    List<String> arguments = new ArrayList<>(RealData.CANDLES);
    arguments.add("--events=" + kafka.uri("ticks"));
    arguments.add("--answers=" + kafka.uri("bars"));
    streaming(arguments, () -> settles("bars", RealData.naiveBars(ticks)));
  }

  private static ProducerRecord<byte[], byte[]> tick(List<String> columns, List<String> cells)
      throws IOException {
    ObjectNode tick = JSON.createObjectNode();
    for (int i = 0; i < columns.size(); i++) {
      tick.put(columns.get(i), cells.get(i));
    }
    return record("ticks", cells.get(2).equals("BAC") ? 0 : 1, JSON.writeValueAsBytes(tick));
  }

  /** What a test waits for while the stream runs. */
  private interface Settled {
    void await() throws Exception;
  }

  /** Runs a stream on the cluster until its answers have settled, then cancels it. */
  private static void streaming(List<String> arguments, Settled settled) throws Exception {
    List<String> all = new ArrayList<>(arguments);
    all.add("--flinkMaster=localhost:" + cluster.getRestAddress().get().getPort());
    all.add("--parallelism=2");
    all.add("--filesToStage=" + nothingToStage());
    all.add("--idleAfter=PT2S");
    CompletableFuture<Command> command = CompletableFuture.supplyAsync(() -> Command.run(all));
    try {
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(
              () -> {
                try {
                  settled.await();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      CompletableFuture.anyOf(command, waiting).get();
      if (!waiting.isDone()) {
        throw new AssertionError("the stream ended: " + command.get());
      }
      waiting.get();
    } finally {
      for (JobStatusMessage job : cluster.listJobs().get()) {
        if (!job.getJobState().isGloballyTerminalState()) {
          cluster.cancelJob(job.getJobId()).get();
        }
      }
      command.get(1, TimeUnit.MINUTES);
    }
  }

  /** The cluster is in this process: it has all classes. */
  private static Path nothingToStage() throws IOException {
    Path jar = Files.createTempFile(checkpoints, "nothing", ".jar");
    new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
    return jar;
  }

  /**
   * Reads a topic's answers again and again, until they are the expected ones. An early answer of
   * the closing event's window, which stays open, is no answer to compare.
   */
  private static void settles(String topic, List<String> expected) throws IOException {
    Instant deadline = Instant.now().plus(PATIENCE);
    Instant closing = end(expected).plus(CLOSING.dividedBy(2));
    List<String> settled = List.of();
    while (!settled.equals(expected) && Instant.now().isBefore(deadline)) {
      settled = new ArrayList<>();
      for (String answer : SettledAnswers.of(values(topic))) {
        if (end(List.of(answer)).isBefore(closing)) {
          settled.add(answer);
        }
      }
    }
    assertThat(topic, settled, is(expected));
  }

  /** When the last of some answers' windows ends. */
  private static Instant end(List<String> answers) throws IOException {
    Instant end = Instant.MIN;
    for (String answer : answers) {
      Instant next = Instant.parse(JSON.readTree(answer).get("window_end").asText());
      end = next.isAfter(end) ? next : end;
    }
    return end;
  }

  private static List<String> values(String topic) {
    return kafka.readAll(topic).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .toList();
  }

  /** An event a day after all others: the watermark passes the end of their windows. */
  private static <R extends Record> ObjectNode closing(GeneratedEvents generated)
      throws IOException {
    Record event = generated.events().get(0);
    @SuppressWarnings("unchecked") // an object's class is the class of its type
    Class<R> type = (Class<R>) event.getClass();
    StringWriter json = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      RecordFields.of(type).writeJson(type.cast(event), generator);
      generator.writeEndObject();
    }
    ObjectNode closing = (ObjectNode) JSON.readTree(json.toString());
    closing.put("id", "closing");
    closing.put("at", ((Event) event).at().plus(CLOSING).toString());
    return closing;
  }

  private static List<byte[]> lines(Path file) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    byte[] all = Files.readAllBytes(file);
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == '\n') {
        lines.add(Arrays.copyOfRange(all, start, i));
        start = i + 1;
      }
    }
    return lines;
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, int partition, byte[] value) {
    return new ProducerRecord<>(topic, partition, null, null, value);
  }
}
