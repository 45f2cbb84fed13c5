package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.testkit.Shapes;
import dhara.testkit.flink.FlinkCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An archive and an overlapping topic that continues it: events before the cutover count from the
 * first, later ones from the second, each once, without remembering ids.
 */
class CutoverTest {

  private static final int EVENTS = 1_200;
  private static final int TOPIC_FROM = 400;
  private static final int CUTOVER = 600;
  private static final int ARCHIVE_UNTIL = 900;

  /** One for each partition of a topic. */
  private static final int CLOSING = 2;

  @TempDir Path folder;

  private static EmbeddedKafka kafka;
  private static FlinkCluster cluster;

  @BeforeAll
  static void start(@TempDir Path checkpoints) throws Exception {
    kafka = EmbeddedKafka.start();
    cluster = FlinkCluster.start(3, checkpoints);
  }

  @AfterAll
  static void stop() {
    cluster.close();
    kafka.close();
  }

  static Iterable<String> analyses() {
    return Shapes.analyses();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void anArchiveAndItsTopicAreOneInputInBothModes(String name) throws Exception {
    Analysis<?> analysis = Analysis.all().get(name);
    GeneratedEvents generated = GeneratedEvents.clean(analysis, 3, EVENTS, folder);
    Inputs inputs = generated.inputs();
    List<Instant> times = inputs.all().map(Event::at).sorted().toList();
    Instant cutover = times.get(CUTOVER);
    Map<Input<?>, String> topics = Replayed.topics(analysis, name);
    List<String> replay = new ArrayList<>(List.of("replay", name, "--closing=P2D"));
    replay.add("--truth=" + folder.resolve("truth"));
    List<String> before = new ArrayList<>();
    Map<Input<?>, Long> filtered = new HashMap<>();
    Map<Input<?>, Long> read = new HashMap<>();
    for (Input<?> input : analysis.inputs()) {
      List<String> lines = Files.readAllLines(generated.files().get(input));
      List<Instant> own = inputs.of(input).stream().map(event -> ((Event) event).at()).toList();
      int archiveUntil = before(own, times.get(ARCHIVE_UNTIL));
      int topicFrom = before(own, times.get(TOPIC_FROM));
      Path archive = folder.resolve(input.name() + "-archive.jsonl");
      Path since = folder.resolve(input.name() + "-since.jsonl");
      Files.write(archive, lines.subList(0, archiveUntil));
      Files.write(since, lines.subList(topicFrom, lines.size()));
      before.add("--events=" + input.name() + "=" + archive);
      replay.add("--events=" + input.name() + "=" + since);
      String topic = kafka.uri(topics.get(input)) + "?partitions=2";
      replay.add("--to=" + input.name() + "=" + topic);
      // Events with the same time are on the same side of a cutover.
      int counted = before(own, cutover);
      filtered.put(input, (long) archiveUntil - counted + counted - topicFrom);
      read.put(input, (long) archiveUntil + lines.size() - topicFrom + CLOSING);
    }
    Command.done("direct", replay);
    List<String> options = Oracle.of(name).runs().get(0);
    Map<String, List<String>> oracle = Oracle.settled(analysis, inputs, options);
    List<String> both =
        Command.line(
            List.of(name), before, List.of("--cutover=" + cutover, "--unique=false"), options);

    Path backfill = folder.resolve("backfill");
    Instant until = times.get(EVENTS - 1).plus(Duration.ofDays(1));
    Command backfilled =
        Command.done(
            "direct",
            Command.line(
                both,
                Replayed.read(kafka, topics, "?end=latest"),
                List.of("--effects=true", "--answers=files:" + backfill, "--until=" + until)));
    for (Input<?> input : analysis.inputs()) {
      // The closing events are beyond the range; neither the range nor a cutover cuts a reference.
      boolean cut = !input.isReference();
      assertThat(
          backfilled.err(),
          containsString(
              "aggregated %,d + dead-lettered 0 + late 0 + duplicate 0 + filtered %,d"
                  .formatted(
                      cut ? inputs.of(input).size() : read.get(input),
                      cut ? filtered.get(input) + CLOSING : 0)));
    }
    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(backfill.resolve(output.name())),
          is(until(until, oracle.get(output.name()))));
    }

    String answers = name + "-answers";
    try (FlinkCluster.RunningStream stream =
        cluster.stream(
            Command.line(
                both,
                Replayed.read(kafka, topics, ""),
                List.of("--answers=" + kafka.uri(answers), "--idleAfter=PT2S")))) {
      for (Input<?> input : analysis.inputs()) {
        Ledger ledger =
            stream.accountsFor(
                kafka, answers + "-ledger", input.name(), read.get(input), Settling.PATIENCE);
        long counted = (long) inputs.of(input).size() + CLOSING;
        assertThat(ledger.aggregated(), is(input.isReference() ? read.get(input) : counted));
        assertThat(ledger.filtered(), is(input.isReference() ? 0 : filtered.get(input)));
        assertThat(ledger.late(), is(0L));
      }
      Map<String, List<String>> streamed =
          Oracle.settled(
              analysis, Closing.counted(kafka, analysis, options, topics, inputs), options);
      for (Output<?, ?> output : analysis.outputs()) {
        new Settling(kafka, stream)
            .settles(
                output.equals(analysis.outputs().get(0)) ? answers : answers + "-" + output.name(),
                streamed.get(output.name()),
                times.get(EVENTS - 1));
      }
    }
  }

  /** The answers whose windows have ended by a time: not the totals since ever. */
  private static List<String> until(Instant until, List<String> answers) throws IOException {
    List<String> ended = new ArrayList<>();
    for (String answer : answers) {
      String end = new ObjectMapper().readTree(answer).get("window_end").asText();
      if (!Instant.parse(end).isAfter(until)) {
        ended.add(answer);
      }
    }
    return ended;
  }

  private static int before(List<Instant> times, Instant until) {
    return (int) times.stream().filter(at -> at.isBefore(until)).count();
  }
}
