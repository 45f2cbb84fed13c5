package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.flink.FlinkCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
    String topic = name + "-" + fault.name + "-" + seed;
    Replayed replayed = Replayed.of(kafka, folder, analysis, topic, seed, EVENTS, fault.arguments);
    String answers = topic + "-answers";
    List<String> arguments =
        new ArrayList<>(
            List.of(
                name,
                "--events=" + kafka.uri(topic),
                "--answers=" + kafka.uri(answers),
                "--disorder=PT10S",
                "--lateness=PT20S",
                "--idleAfter=PT1S"));
    if (fault.equals(ALL)) {
      arguments.add("--early=PT1S");
    }

    Ledger ledger;
    try (FlinkCluster.RunningStream stream = cluster.stream(arguments)) {
      ledger = new Settling(kafka, stream).check(analysis, replayed, answers);
    }
    if (fault.arguments.contains("--late=0.03")) {
      assertThat(replayed.late(), is(not(empty())));
    }
    if (fault.equals(ALL)) {
      reconcilesAndIsReplaced(analysis, replayed, answers, ledger);
    }
  }

  /**
   * What the stream left, compared with a backfill of the archive, differs by the late events
   * alone; a backfill of the topic without them is the stream to the letter, ledger and all; and a
   * backfill over the stream's answers takes their place.
   */
  private static void reconcilesAndIsReplaced(
      Analysis<?> analysis, Replayed replayed, String answers, Ledger streamed) {
    String name = analysis.name();
    String archive = "--events=" + replayed.archive();
    Path all = folder.resolve(answers + "-all");
    Path without = folder.resolve(answers + "-without");
    Command.done("direct", List.of(name, archive, "--answers=files:" + all));
    assertThat(reconciled(name, replayed, answers, all), is(0));
    assertThat(
        reconciled(name, replayed, answers, all, "--late=none", "--deadLetters=none"), is(1));

    Command same =
        Command.done(
            "direct",
            List.of(
                name,
                "--events=" + kafka.uri(replayed.topic()) + "?end=latest",
                "--without=" + kafka.uri(answers + "-late"),
                "--answers=files:" + without));
    assertThat(same.err(), containsString(streamed.toString()));
    assertThat(
        reconciled(name, replayed, answers, without, "--late=none", "--deadLetters=none"), is(0));

    Command.done("direct", List.of(name, archive, "--answers=" + kafka.uri(answers)));
    assertThat(
        reconciled(name, replayed, answers, all, "--late=none", "--deadLetters=none"), is(0));
  }

  private static int reconciled(
      String name, Replayed replayed, String answers, Path backfill, String... options) {
    List<String> reconcile =
        new ArrayList<>(
            List.of(
                "reconcile",
                kafka.uri(answers),
                "files:" + backfill,
                "--analysis=" + name,
                "--until=" + replayed.newest().plus(Duration.ofHours(6))));
    reconcile.addAll(List.of(options));
    return Command.run("direct", reconcile).exit();
  }
}
