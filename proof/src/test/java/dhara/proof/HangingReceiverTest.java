package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Oracle;
import dhara.testkit.Receiver;
import dhara.testkit.Receiver.Request;
import dhara.testkit.SettledAnswers;
import dhara.testkit.flink.FlinkCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream on Flink posts one output to a server that hangs. Its other answers and its checkpoints
 * go on, the rows that wait survive the loss of a TaskManager, and when the server works again it
 * gets all of them.
 */
@Isolated("it breaks its cluster")
class HangingReceiverTest {

  /** As many as a stream takes in half a minute; none of them may wait for the server. */
  private static final int CHECKPOINTS = 20;

  @TempDir private Path folder;

  @Test
  void checkpointsGoOnWhileTheServerHangsAndNoRowIsLost() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        Receiver receiver = Receiver.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder)) {
      // The first requests hang for as long as the test wants, all others are answered.
      receiver.mood(
          (exchange, nth, take) -> {
            release.await();
            Receiver.takes().answer(exchange, nth, take);
          });
      Replayed replayed =
          Replayed.of(
              kafka,
              folder,
              Analysis.all().get("order-metrics"),
              "orders",
              7,
              1_500,
              List.of("--disorder=PT8S"));
      try (FlinkCluster.RunningStream stream =
          cluster.stream(
              List.of(
                  "order-metrics",
                  "--events=" + kafka.uri("orders"),
                  "--answers=" + kafka.uri("answers"),
                  // One attempt lasts longer than the test waits.
                  "--answers=metrics="
                      + receiver.uri("timeout=PT30M&inFlight=8&backoff=PT0.1S&queue=100000"),
                  "--deadLetters=" + kafka.uri("dead-letters"),
                  "--late=" + kafka.uri("late"),
                  "--ledger=" + kafka.uri("ledger"),
                  "--disorder=PT10S",
                  "--idleAfter=PT1S",
                  "--checkpointingInterval=500"))) {
        receiver.await(() -> receiver.requests().size() == 8);
        Ledger ledger = stream.accountsFor(kafka, "ledger", replayed.records(), Settling.PATIENCE);
        assertThat(ledger.aggregated(), is(greaterThan(1_000L)));
        completes(stream, CHECKPOINTS);
        assertThat(receiver.taken().keySet(), is(empty()));

        cluster.loseTaskManager();
        // The rows in the queue are sent once more, by the restored stream.
        receiver.await(() -> receiver.requests().size() >= 16);
        assertThat(stream.restored(), is(true));
        completes(stream, CHECKPOINTS);
        release.countDown();

        List<String> expected = expected(replayed);
        receiver.await(() -> settled(receiver, replayed).equals(expected));
        assertThat(settled(receiver, replayed), is(expected));
        assertThat(expected.size(), is(greaterThan(16)));
        assertThat("undelivered", kafka.readAll("dead-letters"), is(empty()));
        // The reader that honours keys has each revision of an answer once.
        assertThat(
            receiver.taken().size(),
            is((int) receiver.requests().stream().map(Request::key).distinct().count()));
      }
    } finally {
      release.countDown();
    }
  }

  /** Waits until this many more checkpoints are complete. */
  private static void completes(FlinkCluster.RunningStream stream, int more)
      throws InterruptedException {
    long enough = stream.completedCheckpoints() + more;
    long deadline = System.nanoTime() + Settling.PATIENCE.toNanos();
    while (stream.completedCheckpoints() < enough) {
      stream.checkRunning();
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "checkpoints stopped at " + stream.completedCheckpoints() + " of " + enough);
      }
      TimeUnit.MILLISECONDS.sleep(50); // between two looks at the job
    }
  }

  private static List<String> settled(Receiver receiver, Replayed replayed) {
    try {
      return Settling.before(
          SettledAnswers.of(new ArrayList<>(receiver.taken().values())), replayed.newest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> expected(Replayed replayed) {
    Map<String, List<String>> all =
        Oracle.settled(Analysis.all().get("order-metrics"), replayed.inputs(), List.of());
    return Settling.before(all.get("metrics"), replayed.newest());
  }
}
