package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.events.Event;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.FlinkCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An archive and the topic that goes on from it, which overlap: of the first what lies before the
 * cut-over counts, of the second what lies after it, each event once, without a memory of ids.
 */
class CutoverTest {

  private static final int EVENTS = 1_200;
  private static final int TOPIC_FROM = 400;
  private static final int CUTOVER = 600;
  private static final int ARCHIVE_UNTIL = 900;

  @TempDir Path folder;

  static Iterable<String> analyses() {
    return Analysis.all().keySet();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void anArchiveAndItsTopicAreOneInputInBothModes(String name) throws Exception {
    Analysis<?> analysis = Analysis.all().get(name);
    List<? extends Record> events = Inputs.of(analysis, 3, EVENTS).of(analysis.inputs().get(0));
    Instant cutover = ((Event) events.get(CUTOVER)).at();
    Path archive = folder.resolve("archive.jsonl");
    Path since = folder.resolve("since.jsonl");
    Path whole = folder.resolve("whole.jsonl");
    Command.done(
        "direct",
        List.of(
            "generate",
            name,
            "--count=" + EVENTS,
            "--seed=3",
            "--disorder=PT0S",
            "--duplicates=0",
            "--garbage=0",
            "--out=" + whole));
    List<String> lines = Files.readAllLines(whole);
    Files.write(archive, lines.subList(0, ARCHIVE_UNTIL));
    Files.write(since, lines.subList(TOPIC_FROM, EVENTS));
    // Events of one moment lie on one side of a cut-over.
    long before = events.stream().filter(e -> ((Event) e).at().isBefore(cutover)).count();
    long inArchive =
        events.subList(0, ARCHIVE_UNTIL).stream()
            .filter(e -> !((Event) e).at().isBefore(cutover))
            .count();
    long filtered = inArchive + before - TOPIC_FROM;
    Map<String, List<String>> oracle =
        Oracle.settled(analysis, Inputs.of(analysis, 3, EVENTS), List.of());

    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder)) {
      Command.done(
          "direct",
          List.of(
              "replay",
              name,
              "--events=" + since,
              "--to=" + kafka.uri(name) + "?partitions=2",
              "--truth=" + folder.resolve("truth"),
              "--closing=P2D"));
      List<String> both =
          List.of(
              name, "--events=" + archive, "--cutover=" + cutover, "--unique=false", "--events=");

      Path backfill = folder.resolve("backfill");
      Command backfilled =
          Command.done(
              "direct",
              with(
                  both,
                  kafka.uri(name) + "?end=latest",
                  "--answers=files:" + backfill,
                  "--until=" + ((Event) events.get(EVENTS - 1)).at().plus(Duration.ofDays(1))));
      // The two closing events lie beyond the range.
      assertThat(
          backfilled.err(),
          containsString(
              "aggregated %,d + dead-lettered 0 + late 0 + duplicate 0 + filtered %,d"
                  .formatted(EVENTS, filtered + 2)));
      for (Output<?, ?> output : analysis.outputs()) {
        assertThat(
            output.name(),
            SettledAnswers.in(backfill.resolve(output.name())),
            is(oracle.get(output.name())));
      }

      String answers = name + "-answers";
      try (FlinkCluster.RunningStream stream =
          cluster.stream(
              with(both, kafka.uri(name), "--answers=" + kafka.uri(answers), "--idleAfter=PT2S"))) {
        Ledger ledger =
            stream.accountsFor(
                kafka,
                answers + "-ledger",
                ARCHIVE_UNTIL + EVENTS - TOPIC_FROM + 2,
                Settling.PATIENCE);
        assertThat(ledger.aggregated(), is(EVENTS + 2L));
        assertThat(ledger.filtered(), is(filtered));
        assertThat(ledger.late(), is(0L));
        Instant newest = ((Event) events.get(EVENTS - 1)).at();
        for (Output<?, ?> output : analysis.outputs()) {
          new Settling(kafka, stream)
              .settles(
                  output.equals(analysis.outputs().get(0))
                      ? answers
                      : answers + "-" + output.name(),
                  oracle.get(output.name()),
                  newest);
        }
      }
    }
  }

  /** The arguments, of which the last goes on with the first of the others. */
  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.set(all.size() - 1, all.get(all.size() - 1) + more[0]);
    all.addAll(List.of(more).subList(1, more.length));
    return all;
  }
}
