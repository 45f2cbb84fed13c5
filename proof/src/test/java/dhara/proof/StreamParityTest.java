package dhara.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.parity.Command;
import dhara.parity.EmbeddedKafka;
import dhara.parity.Oracle;
import dhara.parity.SettledAnswers;
import dhara.pipelines.Analysis;
import dhara.pipelines.Ledger;
import dhara.pipelines.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law: over the same events, stream and backfill settle on the same answer. Every analysis on
 * the class path, streamed from a real broker on a cluster of two task managers under each fault
 * that a replay can plant, settles on the answers of its oracle over all events but those of the
 * late output, and its late output is what the replay made late, no more and no less.
 */
class StreamParityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int EVENTS = 1_500;

  /** What a replay does to the events, under a name. */
  private record Fault(String name, List<String> arguments) {

    static Fault of(String name, String... arguments) {
      return new Fault(name, List.of(arguments));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Fault> EACH =
      List.of(
          Fault.of("disorder", "--disorder=PT8S"),
          Fault.of("duplicates", "--duplicates=0.05"),
          Fault.of("late", "--late=0.03", "--lateBy=PT2M"),
          Fault.of("garbage", "--garbage=0.03"),
          Fault.of("far-future", "--farFuture=0.01"),
          Fault.of("far-past", "--farPast=0.01"),
          Fault.of("idle-partition", "--idlePartition"),
          Fault.of("unwritten-partition", "--unwrittenPartition"));

  private static final Fault ALL =
      new Fault("all", EACH.stream().flatMap(fault -> fault.arguments.stream()).toList());

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static FlinkCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start();
    cluster = FlinkCluster.start(4, folder);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    kafka.close();
  }

  static Stream<Arguments> analysesFaultsAndSeeds() {
    return Analysis.all().keySet().stream()
        .flatMap(
            name ->
                Stream.concat(EACH.stream(), Stream.of(ALL))
                    .flatMap(
                        fault ->
                            LongStream.rangeClosed(1, 5)
                                .mapToObj(seed -> Arguments.of(name, fault, seed))));
  }

  @ParameterizedTest(name = "{0}, {1}, seed {2}")
  @MethodSource("analysesFaultsAndSeeds")
  void theStreamSettlesOnTheAnswersOfAllEventsButTheLateOnes(String name, Fault fault, long seed)
      throws Exception {
    Analysis<?> analysis = Analysis.all().get(name);
    Replayed replayed = replay(analysis, fault, seed);
    String answers = replayed.topic + "-answers";
    List<String> arguments =
        new ArrayList<>(
            List.of(
                name,
                "--events=" + kafka.uri(replayed.topic),
                "--answers=" + kafka.uri(answers),
                "--disorder=PT10S",
                "--lateness=PT20S",
                "--idleAfter=PT1S"));
    if (fault.equals(ALL)) {
      arguments.add("--early=PT1S");
    }

    try (FlinkCluster.RunningStream stream = cluster.stream(arguments)) {
      Ledger ledger = stream.accountsFor(kafka, answers + "-ledger", replayed.records(), PATIENCE);
      List<JsonNode> late = rows(stream, answers + "-late", ledger.late());
      List<JsonNode> dead = rows(stream, answers + "-dead-letters", ledger.deadLettered());

      assertThat("late", texts(late, "id"), is(replayed.late()));
      assertThat("dead letters by reason", counts(dead, "reason"), is(replayed.deadLetters()));
      Set<String> missing = missing(replayed.topic, late, dead);
      assertThat(
          "aggregated",
          ledger.aggregated(),
          is((long) EVENTS - missing.size() + replayed.closing()));

      List<? extends Record> events =
          replayed.events.stream().filter(e -> !missing.contains(((Event) e).id())).toList();
      Map<String, List<String>> expected = Oracle.of(name).answers(events);
      for (Output<?, ?> output : analysis.outputs()) {
        settles(
            stream,
            output.equals(analysis.outputs().get(0)) ? answers : answers + "-" + output.name(),
            SettledAnswers.of(expected.get(output.name())),
            replayed.newest());
      }
      if (fault.arguments.contains("--late=0.03")) {
        assertThat(late, is(not(empty())));
      }
    }
  }

  /**
   * Events in a topic.
   *
   * @param events each event once, without the closing ones
   * @param truth what the replay says that it sent
   */
  private record Replayed(String topic, List<? extends Record> events, JsonNode truth) {

    int records() {
      return truth.get("records").asInt();
    }

    int closing() {
      return truth.get("closingIds").size();
    }

    /** When the newest event happened; the closing ones are later. */
    Instant newest() {
      return Instant.parse(truth.get("newest").asText());
    }

    Set<String> late() {
      Set<String> ids = new TreeSet<>();
      truth.get("lateIds").forEach(id -> ids.add(id.asText()));
      return ids;
    }

    Map<String, Long> deadLetters() {
      Map<String, Long> reasons = new TreeMap<>();
      truth
          .get("deadLetters")
          .fields()
          .forEachRemaining(e -> reasons.put(e.getKey(), e.getValue().asLong()));
      return reasons;
    }
  }

  private static Replayed replay(Analysis<?> analysis, Fault fault, long seed) throws IOException {
    String topic = analysis.name() + "-" + fault.name + "-" + seed;
    Path archive = folder.resolve(topic + ".jsonl");
    Command.done(
        "direct",
        List.of(
            "generate",
            analysis.name(),
            "--count=" + EVENTS,
            "--seed=" + seed,
            "--disorder=PT0S",
            "--duplicates=0",
            "--garbage=0",
            "--out=" + archive));
    Path truth = folder.resolve(topic + ".truth");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "replay",
                analysis.name(),
                "--events=" + archive,
                "--to=" + kafka.uri(topic) + "?partitions=4",
                "--seed=" + seed,
                "--closing=PT12H",
                "--truth=" + truth));
    arguments.addAll(fault.arguments);
    Command.done("direct", arguments);
    return new Replayed(
        topic,
        analysis.inputs().get(0).generator().events(seed, EVENTS).toList(),
        JSON.readTree(truth.toFile()));
  }

  /** So many rows of a topic, each position once: a restart may write it again. */
  private static List<JsonNode> rows(FlinkCluster.RunningStream stream, String topic, long count) {
    List<String> values =
        stream.follow(kafka, topic, rows -> positions(rows).size() == count, PATIENCE);
    return List.copyOf(positions(values).values());
  }

  private static Map<String, JsonNode> positions(List<String> rows) {
    Map<String, JsonNode> positions = new HashMap<>();
    for (String row : rows) {
      JsonNode json = json(row);
      positions.put(json.get("position").asText(), json);
    }
    return positions;
  }

  /** The ids of events that are in no answer, because every copy of them came late. */
  private static Set<String> missing(String topic, List<JsonNode> late, List<JsonNode> dead) {
    Set<String> none = new HashSet<>(texts(dead, "position"));
    Map<String, Long> copies = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.readAll(topic)) {
      if (!none.contains("partition=" + record.partition() + " offset=" + record.offset())) {
        String id = json(new String(record.value(), UTF_8)).get("id").asText();
        copies.merge(id, 1L, Long::sum);
      }
    }
    Set<String> missing = new HashSet<>();
    counts(late, "id")
        .forEach(
            (id, count) -> {
              if (count.equals(copies.get(id))) {
                missing.add(id);
              }
            });
    return missing;
  }

  /** Waits until a topic's answers of all windows but those of the closing events are these. */
  private static void settles(
      FlinkCluster.RunningStream stream, String topic, List<String> expected, Instant newest) {
    List<String> values =
        stream.follow(kafka, topic, rows -> settled(rows, newest).equals(expected), PATIENCE);
    assertThat(topic, settled(values, newest), is(expected));
  }

  private static List<String> settled(List<String> rows, Instant newest) {
    try {
      return SettledAnswers.of(rows).stream()
          .filter(a -> !Instant.parse(json(a).get("window_start").asText()).isAfter(newest))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<String> texts(List<JsonNode> rows, String field) {
    return new TreeSet<>(counts(rows, field).keySet());
  }

  private static Map<String, Long> counts(List<JsonNode> rows, String field) {
    Map<String, Long> counts = new TreeMap<>();
    rows.forEach(row -> counts.merge(row.get(field).asText(), 1L, Long::sum));
    return counts;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }
}
