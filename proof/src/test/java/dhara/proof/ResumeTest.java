package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.parity.RealData;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.flink.KeptCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A stream on an embedded Flink, started as by a user, is stopped by Ctrl-C or by {@code kill -9}
 * and resumed: it settles on the oracle's answers, and its ledger accounts for each record once.
 */
@Isolated("it starts processes, each of which takes both cores")
class ResumeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<String> FAULTS =
      List.of(
          "--disorder=PT8S", "--late=0.03", "--lateBy=PT2M", "--duplicates=0.05", "--garbage=0.03");

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start();
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void aStreamThatWasKilledGoesOnFromItsCheckpoint() throws Exception {
    Replayed replayed = replayed("killed");
    List<ConsumerRecord<byte[], byte[]>> all = kafka.readAll("killed-all");
    kafka.createTopic("killed", 4);
    List<String> arguments =
        arguments("killed", "--checkpointingInterval=500"); // sooner than the default of 10 s
    String checkpoints;
    try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
      copy(all, "killed", 0);
      stream.ledger(kafka, "killed-answers-ledger", read -> read.read() > 0, PATIENCE);
      checkpoints = checkpoints(stream);
      new KeptCheckpoints(Path.of(checkpoints)).awaitNext(PATIENCE);
      copy(all, "killed", 1);
      stream.ledger(kafka, "killed-answers-ledger", read -> read.read() > all.size() / 2, PATIENCE);
    }
    assertThat("a killed process leaves its files", temporary(), is(not(empty())));

    try (EmbeddedStream stream =
        EmbeddedStream.start(folder, with(arguments, "--resume=" + checkpoints))) {
      stream.says("resumes from checkpoint ");
      new Settling(kafka, stream)
          .check(Analysis.all().get("order-metrics"), replayed, "killed-answers");
      assertThat("the next one deletes them, and has its own", temporary().size(), is(1));
      stream.end();
    }
    assertThat("one that is ended leaves none", temporary(), is(empty()));
  }

  @Test
  void aStreamThatIsEndedGoesOnFromItsSavepointInEitherStateBackend() throws Exception {
    Replayed replayed = replayed("ended");
    List<ConsumerRecord<byte[], byte[]>> all = kafka.readAll("ended-all");
    kafka.createTopic("ended", 4);
    Path checkpoints = folder.resolve("ended-checkpoints");
    List<String> arguments = arguments("ended");
    try (EmbeddedStream stream =
        EmbeddedStream.start(
            folder, with(arguments, "--checkpoints=" + checkpoints, "--resume=auto"))) {
      assertThat(checkpoints(stream), is(checkpoints.toString()));
      copy(all, "ended", 0);
      stream.ledger(kafka, "ended-answers-ledger", read -> read.read() > 0, PATIENCE);
      assertThat(
          stream.end(),
          containsString(
              "dhara: to resume: dhara "
                  + String.join(" ", arguments)
                  + " --resume="
                  + checkpoints
                  + System.lineSeparator()));
    }
    Command afresh =
        Command.run(
            "flink", with(arguments, "--checkpoints=" + checkpoints, "--flinkMaster=[local]"));
    assertThat(afresh.exit(), is(2));
    assertThat(
        afresh.err(), containsString("holds a checkpoint or savepoint of an earlier " + "stream"));
    Command other =
        Command.run(
            "flink",
            List.of("candles", "--events=" + kafka.uri("ended"), "--resume=" + checkpoints));
    assertThat(other.exit(), is(2));
    assertThat(other.err(), containsString("was kept by order-metrics, and this is candles"));

    try (EmbeddedStream stream =
        EmbeddedStream.start(
            folder, with(arguments, "--resume=" + checkpoints, "--stateBackend=rocksdb"))) {
      stream.says("resumes from savepoint ");
      copy(all, "ended", 1);
      stream.ledger(kafka, "ended-answers-ledger", read -> read.read() == all.size(), PATIENCE);
      stream.end();
    }
    try (EmbeddedStream stream =
        EmbeddedStream.start(folder, with(arguments, "--resume=" + checkpoints))) {
      stream.says("state in RocksDB"); // which wrote the checkpoint
      new Settling(kafka, stream)
          .check(Analysis.all().get("order-metrics"), replayed, "ended-answers");
      assertThat(stream.end(), temporary(), is(empty()));
    }
  }

  @Test
  void eachRestartIsToldInALineWithItsCause() throws Exception {
    replayed("restarts");
    List<String> arguments =
        List.of(
            "order-metrics",
            "--events=" + kafka.uri("restarts-all"),
            "--answers=" + kafka.uri("restarts-answers") + "?producer.max.request.size=300");
    try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
      assertThat(
          stream.says("restart 1, "),
          allOf(
              startsWith("dhara: restart 1, because of "),
              containsString("a record of "),
              containsString(" bytes, and the topic takes ")));
      assertThat(stream.says("restart 2, "), containsString("; it will "));
      String said = stream.end();
      assertThat(
          said,
          said.lines()
              .filter(
                  line -> !line.startsWith("dhara: ") && !line.contains("; it is a dead letter"))
              .toList(),
          is(empty()));
    }
  }

  @Test
  void aStreamWithMoreDeadLettersThanAllowedStopsForGood() throws Exception {
    replayed("limited");
    List<String> arguments =
        List.of(
            "order-metrics",
            "--events=" + kafka.uri("limited-all"),
            "--answers=" + kafka.uri("limited-answers"),
            "--maxDeadLetters=10");
    try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
      int exit =
          stream
              .process()
              .onExit()
              .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .join()
              .exitValue();

      assertThat(stream.said(), exit, is(1));
      assertThat(
          stream.said(),
          containsString(" events are dead letters, more than --maxDeadLetters=10 allows"));
      assertThat(stream.said(), not(containsString("restart 1")));
    }
  }

  @Test
  void aStreamWhoseCheckpointsKeepFailingSaysWhyInALine() throws Exception {
    replayed("failing");
    Path checkpoints = folder.resolve("failing-checkpoints");
    List<String> arguments =
        with(
            List.of(
                "order-metrics",
                "--events=" + kafka.uri("failing-all"),
                "--answers=" + kafka.uri("failing-answers")),
            "--checkpoints=" + checkpoints,
            "--checkpointingInterval=500");
    try (EmbeddedStream stream = EmbeddedStream.start(folder, arguments)) {
      checkpoints(stream);
      stream.ledger(kafka, "failing-answers-ledger", read -> read.read() > 0, PATIENCE);
      Path aside = Files.move(checkpoints, folder.resolve("failing-aside"));
      Files.writeString(checkpoints, "no folder");
      assertThat(
          stream.says("checkpoints in a row have failed"),
          containsString(" have failed, the latest because of FileAlreadyExistsException: "));
      Files.delete(checkpoints);
      Files.move(aside, checkpoints);
      stream.says("checkpoints are completed again");
    }
  }

  @Test
  void aClusterThatIsNotThereIsRefusedBeforeTopicsAreMade() throws IOException {
    replayed("nowhere");
    Command refused =
        Command.run(
            "flink",
            List.of(
                "order-metrics",
                "--events=" + kafka.uri("nowhere-all"),
                "--answers=" + kafka.uri("nowhere-answers"),
                "--flinkMaster=localhost:" + EmbeddedKafka.freePort()));
    assertThat(refused.exit(), is(2));
    assertThat(refused.err().lines().count(), is(1L));
    assertThat(refused.err(), containsString("no JobManager of Flink answers there"));
    assertThat(kafka.hasTopic("nowhere-answers"), is(false));
  }

  @Test
  void aMonthOfAShopGoesOnAfterItsStreamWasKilled() throws Exception {
    String days = RealData.data().resolve("online_retail/by-day") + "/2010-12-*.csv.gz";
    Path truth = folder.resolve("month.truth");
    List<String> map =
        RealData.RETAIL.stream().filter(argument -> argument.startsWith("--map=")).toList();
    Command.done(
        "direct",
        all(
            List.of("replay", "order-metrics", "--events=" + days, "--truth=" + truth),
            map,
            List.of(
                "--to=" + kafka.uri("month-all") + "?partitions=4",
                "--key=order",
                "--closing=P3D")));
    List<ConsumerRecord<byte[], byte[]>> all = kafka.readAll("month-all");
    kafka.createTopic("month", 4);
    List<String> stream =
        all(
            RealData.RETAIL.stream().filter(argument -> !argument.startsWith("--map=")).toList(),
            List.of("--events=" + kafka.uri("month"), "--answers=" + kafka.uri("month-answers")));
    String checkpoints;
    try (EmbeddedStream killed = EmbeddedStream.start(folder, stream)) {
      copy(all, "month", 0);
      killed.ledger(kafka, "month-answers-ledger", read -> read.read() > 0, PATIENCE);
      checkpoints = checkpoints(killed);
      new KeptCheckpoints(Path.of(checkpoints)).awaitNext(PATIENCE);
      copy(all, "month", 1);
      killed.ledger(kafka, "month-answers-ledger", read -> read.read() > all.size() / 2, PATIENCE);
    }

    try (EmbeddedStream resumed =
        EmbeddedStream.start(folder, with(stream, "--resume=" + checkpoints))) {
      Ledger ledger = resumed.accountsFor(kafka, "month-answers-ledger", all.size(), PATIENCE);
      Path backfill = folder.resolve("month-backfill");
      Command backfilled =
          Command.done(
              "direct",
              all(RealData.RETAIL, List.of("--events=" + days, "--answers=files:" + backfill)));
      List<String> reconcile =
          List.of(
              "reconcile",
              kafka.uri("month-answers"),
              "files:" + backfill,
              "--analysis=order-metrics",
              "--until="
                  + Instant.parse(
                          new ObjectMapper().readTree(truth.toFile()).get("newest").asText())
                      .plus(Duration.ofDays(1)),
              "--late=none",
              "--deadLetters=none");
      Command reconciled = Command.run("direct", reconcile);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (reconciled.exit() == 1 && System.nanoTime() - deadline < 0) {
        resumed.checkRunning();
        reconciled = Command.run("direct", reconcile);
      }
      assertThat(reconciled.out() + reconciled.err(), reconciled.exit(), is(0));
      assertThat(reconciled.out(), containsString("0 unexplained differences"));
      assertThat(ledger.aggregated(), greaterThan(40_000L));
      System.err.printf("month%n  stream   %s%n  archive  %s%n", ledger, backfilled.err().strip());
      resumed.end();
    }
  }

  private static Replayed replayed(String name) throws IOException {
    return Replayed.of(
        kafka, folder, Analysis.all().get("order-metrics"), name + "-all", 1, 1_500, FAULTS);
  }

  private static List<String> arguments(String name, String... more) {
    return with(
        List.of(
            "order-metrics",
            "--events=" + kafka.uri(name),
            "--answers=" + kafka.uri(name + "-answers"),
            "--disorder=PT10S",
            "--lateness=PT20S",
            "--idleAfter=PT1H"), // the output is known, its time is not
        more);
  }

  /** One half of the records of each partition, the first or the second. */
  private static void copy(List<ConsumerRecord<byte[], byte[]>> all, String topic, int half) {
    long[] sizes = new long[4];
    all.forEach(record -> sizes[record.partition()]++);
    kafka.produce(
        all.stream()
            .filter(record -> (record.offset() < sizes[record.partition()] / 2) == (half == 0))
            .map(
                record ->
                    EmbeddedKafka.record(
                        topic,
                        record.partition(),
                        Instant.ofEpochMilli(record.timestamp()),
                        record.key(),
                        record.value()))
            .toList());
  }

  /** The checkpoint folder that a stream prints. */
  private static String checkpoints(EmbeddedStream stream) throws InterruptedException {
    return stream.says("checkpoints every").replaceFirst(".* s in (.*), state .*", "$1");
  }

  private static List<Path> temporary() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("temporary"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("dhara-")).toList();
    }
  }

  private static List<String> with(List<String> arguments, String... more) {
    return all(arguments, List.of(more));
  }

  @SafeVarargs
  private static List<String> all(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return all;
  }
}
