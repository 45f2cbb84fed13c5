package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.Analysis;
import dhara.pipelines.Output;
import dhara.testkit.GeneratedEvents;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill on a cluster whose machines die gives the answers and the ledger of the oracle. */
class SparkClusterTest {

  private static final long EVENTS = 20_000;

  @TempDir private Path folder;

  @Test
  void aBackfillThatLosesAWorkerGivesTheSameAnswersAndLedger() throws Exception {
    Analysis<?> analysis = Analysis.all().get("order-metrics");
    GeneratedEvents generated = GeneratedEvents.of(analysis, 1, EVENTS, folder);
    Path out = folder.resolve("out");
    try (SparkCluster cluster = SparkCluster.start(2, folder)) {
      SparkCluster.Driver driver =
          cluster.command(
              Stream.of(
                      List.of(analysis.name()), generated.read(), List.of("--answers=files:" + out))
                  .flatMap(List::stream)
                  .toList());

      driver.awaitTasks(2);
      cluster.killWorker(0);
      assertThat("runs when the worker dies", driver.isRunning(), is(true));

      String said = driver.done();
      generated.ledgers().forEach(ledger -> assertThat(said, containsString(ledger)));
      cluster.master("the master misses a worker", m -> m.get("aliveworkers").asInt() == 1);
    }
    Map<String, List<String>> oracle = Oracle.settled(analysis, generated.inputs(), List.of());
    for (Output<?, ?> output : analysis.outputs()) {
      assertThat(
          output.name(),
          SettledAnswers.in(out.resolve(output.name())),
          is(oracle.get(output.name())));
    }
  }
}
