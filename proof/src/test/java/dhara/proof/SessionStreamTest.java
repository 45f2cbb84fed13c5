package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import dhara.parity.Command;
import dhara.parity.EmbeddedKafka;
import dhara.pipelines.Analysis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Sessions of a stream whose events arrive behind the watermark. Some may join sessions that have
 * answered; the answers of their parts are deleted from the topic, and what is left is the
 * backfill.
 */
@Isolated("it starts a process that takes both cores")
class SessionStreamTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir private Path folder;

  @Test
  void aTopicHoldsTheSessionsOfABackfill() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start()) {
      Replayed replayed =
          Replayed.of(
              kafka,
              folder,
              Analysis.all().get("order-metrics"),
              "sessions",
              1,
              1_500,
              List.of("--disorder=PT30S", "--duplicates=0.05"));
      List<String> sessions =
          List.of("order-metrics", "--gap=PT2S", "--by=city", "--lateness=PT10M");
      Path backfill = folder.resolve("backfill");
      Command.done(
          "direct",
          with(
              sessions,
              "--events=" + kafka.uri("sessions") + "?end=latest",
              "--answers=files:" + backfill));

      List<String> stream =
          with(
              sessions,
              "--events=" + kafka.uri("sessions"),
              "--answers=" + kafka.uri("answers"),
              "--disorder=PT0S", // so that most events come behind the watermark
              "--idleAfter=PT1H");
      try (EmbeddedStream running = EmbeddedStream.start(folder, stream)) {
        running.accountsFor(kafka, "answers-ledger", replayed.records(), PATIENCE);
        List<String> reconcile =
            List.of(
                "reconcile",
                kafka.uri("answers"),
                "files:" + backfill,
                "--analysis=order-metrics",
                "--until=" + replayed.newest().plus(Duration.ofHours(1)),
                "--late=none",
                "--deadLetters=none");
        Command reconciled = Command.run("direct", reconcile);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (reconciled.exit() != 0 && System.nanoTime() - deadline < 0) {
          running.checkRunning(); // its last answers are on their way
          reconciled = Command.run("direct", reconcile);
        }
        assertThat(reconciled.out() + reconciled.err(), reconciled.exit(), is(0));
        assertThat(reconciled.out(), containsString("0 unexplained differences"));
      }
    }
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }
}
