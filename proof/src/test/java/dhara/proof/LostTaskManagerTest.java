package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import dhara.testkit.flink.FlinkCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A stream whose cluster loses a TaskManager resumes from its last checkpoint: its answers, its
 * late events and its ledger are the same as without the failure.
 */
@Isolated("it breaks its cluster")
class LostTaskManagerTest {

  private static final int EVENTS = 1_500;
  private static final Duration REPLAY = Duration.ofSeconds(8);
  private static final String LATENESS = "--lateness=PT20S";

  @TempDir Path folder;

  /** One of each shape, with -Pfull all of them. */
  static Iterable<String> analyses() {
    return Shapes.analyses();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("analyses")
  void nothingIsLostAndNothingCountedTwice(String name) throws Exception {
    Analysis<?> analysis = Analysis.all().get(name);
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder)) {
      Map<Input<?>, String> topics = Replayed.topics(analysis, name);
      topics.values().forEach(topic -> kafka.createTopic(topic, 4));
      String answers = name + "-answers";
      List<String> stream =
          Stream.of(
                  List.of(name),
                  Replayed.read(kafka, topics, ""),
                  List.of(
                      "--answers=" + kafka.uri(answers),
                      LATENESS,
                      "--idleAfter=PT5S",
                      "--checkpointingInterval=500"),
                  Command.early(analysis),
                  Oracle.of(name).runs().get(0))
              .flatMap(List::stream)
              .toList();
      try (FlinkCluster.RunningStream running = cluster.stream(stream)) {
        CompletableFuture<Replayed> replaying = replay(kafka, analysis);
        List<String> ledgers =
            running.follow(
                kafka,
                answers + "-ledger",
                rows -> read(rows) > EVENTS / 2 && running.checkpointed(),
                Settling.PATIENCE);
        assertThat("events read", read(ledgers), is(greaterThan(EVENTS / 2L)));
        assertThat("restored before", running.restored(), is(false));
        cluster.loseTaskManager();

        new Settling(kafka, running)
            .check(analysis, replaying.get(), answers, Oracle.of(name).runs().get(0));
        assertThat("restored from a checkpoint", running.restored(), is(true));
      }
    }
  }

  private static long read(List<String> ledgers) {
    Map<String, Long> read = new HashMap<>();
    ledgers.stream().map(Ledger::read).forEach(ledger -> read.put(ledger.input(), ledger.read()));
    return read.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Sends events for some seconds, while the stream runs. */
  private CompletableFuture<Replayed> replay(EmbeddedKafka kafka, Analysis<?> analysis) {
    List<String> run = Command.line(Oracle.of(analysis.name()).runs().get(0), List.of(LATENESS));
    Duration span = Inputs.of(analysis, 1, EVENTS).span();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Replayed.of(
                kafka,
                folder,
                analysis,
                analysis.name(),
                1,
                EVENTS,
                List.of(
                    "--late=0.03",
                    Horizons.lateBy(analysis, run),
                    "--closing=" + Horizons.closing(analysis, run),
                    "--speed=" + (double) span.toMillis() / REPLAY.toMillis(),
                    "--disorder=PT8S",
                    "--duplicates=0.05",
                    "--garbage=0.03"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
