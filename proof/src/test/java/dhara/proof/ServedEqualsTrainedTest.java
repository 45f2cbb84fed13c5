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
import dhara.testkit.redis.EmbeddedRedis;
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
      Replayed replayed =
          served(
              kafka,
              cluster,
              List.of("--answers=" + kafka.uri("served")),
              (stream, sent) -> new Settling(kafka, stream).check(FEATURES, sent, "served"));

      String trained = "files:" + folder.resolve("trained");
      train(kafka, List.of("--answers=" + trained));
      String reconciled = reconcile(kafka.uri("served"), trained, settled(replayed));
      // A vector of a user for each event, and one of a product for most.
      assertThat(reconciled, same(reconciled), is(greaterThan(1_200L)));

      String questions = "--entities=" + questions();
      List<String> ofServed = asof("--history=" + kafka.uri("served"), questions);
      assertThat(ofServed, hasSize(greaterThan(30)));
      assertThat(ofServed, is(asof("--history=" + trained, questions)));
      assertThat(String.join("\n", ofServed), containsString("\"last_kind\":\"PURCHASE\""));
    }
  }

  /** Redis keeps the newest vector of each user; those of products go to a topic. */
  @Test
  void theOnlineStoreHoldsTheNewestVectors() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder);
        EmbeddedRedis redis = EmbeddedRedis.start(folder)) {
      String trained = redis.uri("trained", "as=latest");
      String served = redis.uri("served", "as=latest");
      Replayed unused =
          served(
              kafka,
              cluster,
              Command.line(
                  online(kafka, served, "served"), List.of("--late=" + kafka.uri("served-late"))),
              (stream, sent) -> {
                Ledger ledger =
                    stream.accountsFor(
                        kafka,
                        "served-ledger",
                        sent.records(FEATURES.inputs().get(0)),
                        Settling.PATIENCE);
                assertThat(ledger.late(), is(greaterThan(10L)));
                train(kafka, online(kafka, trained, "trained"));
                // What the ledger counts may still be on its way to Redis.
                String reconciled = reconcile(served, trained, settled(sent));
                long deadline = System.nanoTime() + Settling.PATIENCE.toNanos();
                while (same(reconciled) == 0 && System.nanoTime() - deadline < 0) {
                  stream.checkRunning();
                  reconciled = reconcile(served, trained, settled(sent));
                }
                assertThat(reconciled, same(reconciled), is(greaterThan(30L)));
              });
    }
  }

  /** Checks a stream that has read what it was sent. */
  @FunctionalInterface
  private interface Check {
    void of(FlinkCluster.RunningStream stream, Replayed sent) throws Exception;
  }

  /** Streams while events come, loses a worker in between, and checks what was served. */
  private Replayed served(
      EmbeddedKafka kafka, FlinkCluster cluster, List<String> answers, Check check)
      throws Exception {
    kafka.createTopic("activities", 4);
    List<String> stream =
        Command.line(
            List.of(
                "features",
                "--events=" + kafka.uri("activities"),
                LATENESS,
                "--idleAfter=PT5S",
                "--checkpointingInterval=500"),
            answers);
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
      check.of(running, replayed);
      assertThat("restored from a checkpoint", running.restored(), is(true));
    }
    assertThat(replayed.late(FEATURES.inputs().get(0)), hasSize(greaterThan(10)));
    return replayed;
  }

  private static void train(EmbeddedKafka kafka, List<String> answers) {
    Command unused =
        Command.done(
            "direct",
            Command.line(
                List.of(
                    "features",
                    "--events=" + kafka.uri("activities") + "?end=latest",
                    "--without=" + kafka.uri("served-late")),
                answers));
  }

  /** Vectors of users go to Redis, and stay there, although they are of long ago. */
  private static List<String> online(EmbeddedKafka kafka, String redis, String others) {
    return List.of(
        "--ttl=P36500D",
        "--answers=users=" + redis + "&by=user",
        "--answers=products=" + kafka.uri(others + "-products"),
        "--ledger=" + kafka.uri(others + "-ledger"),
        "--deadLetters=" + kafka.uri(others + "-dead-letters"));
  }

  /** Without the vectors of the closing events, which have not settled. */
  private static String settled(Replayed sent) {
    return "--until=" + sent.newest().plus(Duration.ofHours(1));
  }

  private static String reconcile(String served, String trained, String... options) {
    Command reconcile =
        Command.run(
            "direct",
            Command.line(
                List.of(
                    "reconcile",
                    served,
                    trained,
                    "--analysis=features",
                    "--late=none",
                    "--deadLetters=none"),
                List.of(options)));
    return reconcile.out() + reconcile.err();
  }

  /** How many answers were compared, if all are the same; else 0. */
  private static long same(String reconciled) {
    Matcher same = SAME.matcher(reconciled);
    return same.find() && same.group(2).equals(same.group(1))
        ? Long.parseLong(same.group(1).replace(",", ""))
        : 0;
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
