package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.flink.FlinkCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The features that a stream has served are those that a backfill gives for training, although
 * events came out of order, twice, and too late, and the stream lost a worker. And a question about
 * the past is answered alike from either.
 */
@Isolated("it breaks its cluster")
class ServedEqualsTrainedTest {

  private static final int EVENTS = 900;
  private static final Duration REPLAY = Duration.ofSeconds(5);
  private static final String LATENESS = "--lateness=PT20S";
  private static final Analysis<?> FEATURES = Analysis.all().get("features");
  private static final Pattern SAME =
      Pattern.compile(
          "([\\d,]+) answers compared: same ([\\d,]+), explained by late events 0, explained by"
              + " dead letters 0\n0 unexplained differences\n");

  @TempDir Path folder;

  @Test
  void everyVectorThatWasServedIsTheOneForTraining() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder)) {
      kafka.createTopic("activities", 4);
      List<String> stream =
          List.of(
              "features",
              "--events=" + kafka.uri("activities"),
              "--answers=" + kafka.uri("served"),
              LATENESS,
              "--idleAfter=PT5S",
              "--checkpointingInterval=500");
      Replayed replayed;
      try (FlinkCluster.RunningStream running = cluster.stream(stream)) {
        CompletableFuture<Replayed> replaying = CompletableFuture.supplyAsync(() -> replay(kafka));
        List<String> unused =
            running.follow(
                kafka,
                "served-ledger",
                rows -> read(rows) > EVENTS / 2 && running.checkpointed(),
                Settling.PATIENCE);
        cluster.loseTaskManager();
        replayed = replaying.get();
        new Settling(kafka, running).check(FEATURES, replayed, "served");
        assertThat("restored from a checkpoint", running.restored(), is(true));
      }
      assertThat(replayed.late(FEATURES.inputs().get(0)), hasSize(greaterThan(10)));

      String trained = "files:" + folder.resolve("trained");
      Command.done(
          "direct",
          List.of(
              "features",
              "--events=" + kafka.uri("activities") + "?end=latest",
              "--without=" + kafka.uri("served-late"),
              "--answers=" + trained));
      Command reconciled =
          Command.run(
              "direct",
              List.of(
                  "reconcile",
                  kafka.uri("served"),
                  trained,
                  "--analysis=features",
                  "--late=none",
                  "--deadLetters=none",
                  "--until=" + replayed.newest().plus(Duration.ofHours(1))));
      Matcher same = SAME.matcher(reconciled.out());
      assertThat(reconciled.out(), same.find(), is(true));
      assertThat(same.group(2), is(same.group(1)));
      // A vector of a user for each event, and one of a product for most.
      assertThat(Long.parseLong(same.group(2).replace(",", "")), is(greaterThan(1_200L)));

      String questions = "--entities=" + questions();
      List<String> ofServed = asof("--history=" + kafka.uri("served"), questions);
      assertThat(ofServed, hasSize(greaterThan(30)));
      assertThat(ofServed, is(asof("--history=" + trained, questions)));
      assertThat(String.join("\n", ofServed), containsString("\"last_kind\":\"PURCHASE\""));
    }
  }

  /** Half a minute after each purchase. */
  private Path questions() throws IOException {
    List<String> questions = new ArrayList<>(List.of("user,at,purchase"));
    Inputs.of(FEATURES, 1, EVENTS).of("activities", Activity.class).stream()
        .filter(activity -> activity.kind() == Activity.Kind.PURCHASE)
        .forEach(
            activity ->
                questions.add(
                    activity.user() + "," + activity.at().plusSeconds(30) + "," + activity.id()));
    return Files.write(folder.resolve("questions.csv"), questions);
  }

  private static List<String> asof(String... options) {
    return Command.done(
            "direct", Command.line(List.of("asof", "features", "--by=user"), List.of(options)))
        .out()
        .lines()
        .sorted()
        .toList();
  }

  private static long read(List<String> ledgers) {
    return ledgers.stream().map(Ledger::read).mapToLong(Ledger::read).max().orElse(0);
  }

  /** Sends events for some seconds, while the stream runs. */
  private Replayed replay(EmbeddedKafka kafka) {
    Duration span = Inputs.of(FEATURES, 1, EVENTS).span();
    try {
      return Replayed.of(
          kafka,
          folder,
          FEATURES,
          "activities",
          1,
          EVENTS,
          List.of(
              "--late=0.03",
              Horizons.lateBy(FEATURES, List.of(LATENESS)),
              "--closing=" + Horizons.closing(FEATURES, List.of(LATENESS)),
              "--speed=" + (double) span.toMillis() / REPLAY.toMillis(),
              "--disorder=PT8S",
              "--duplicates=0.05",
              "--garbage=0.03"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
