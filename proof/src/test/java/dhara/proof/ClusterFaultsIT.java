package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Inputs;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Injects faults into a cluster while events come in. Afterwards the stream settles on the oracle's
 * answers over all events except those of its late output, its ledger accounts for every record,
 * and a reader of upserts, by the last record of a key or by its highest revision, sees each answer
 * once. Processes are killed as by {@code kill -9}.
 */
class ClusterFaultsIT {

  private static final Analysis<?> ANALYSIS = Analysis.all().get("order-metrics");
  private static final Input<?> INPUT = ANALYSIS.inputs().get(0);
  private static final int EVENTS = 12_000;
  private static final int PARTITIONS = 4;
  private static final Duration REPLAY = Duration.ofSeconds(20);
  private static final Duration OUTAGE = Duration.ofSeconds(20);
  private static final Duration NEVER_IDLE = Duration.ofMinutes(1);
  private static final List<String> AMONG_THEM =
      List.of(
          "--disorder=PT8S", "--late=0.03", "--lateBy=PT2M", "--duplicates=0.05", "--garbage=0.03");

  private static RealCluster cluster;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    cluster = RealCluster.start("faults");
    kafka = cluster.kafka();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void cancel() throws Exception {
    cluster.cancelStreams();
    cluster.whole();
  }

  /** A fault injected into a running stream; it returns the stream that runs afterwards. */
  @FunctionalInterface
  private interface Fault {
    RealCluster.Submitted strike(RealCluster.Submitted stream) throws Exception;
  }

  /**
   * One test with a stream of faulty events.
   *
   * @param name of the fault
   * @param idleAfter how long a partition must be silent to be idle
   */
  private record Night(String name, Duration idleAfter) {

    String topic() {
      return name.replaceAll("[^a-zA-Z0-9]+", "-");
    }

    String answers() {
      return topic() + "-answers";
    }

    List<String> topicsOfAnswers() {
      return ANALYSIS.outputs().stream()
          .map(o -> o.equals(ANALYSIS.outputs().get(0)) ? answers() : answers() + "-" + o.name())
          .toList();
    }

    /**
     * The command of the stream; it fails if the brokers do not accept a record within ten seconds.
     */
    List<String> command() {
      return List.of(
          ANALYSIS.name(),
          "--events=" + kafka.uri(topic()),
          "--answers="
              + kafka.uri(answers())
              + "?producer.delivery.timeout.ms=10000&producer.request.timeout.ms=5000",
          "--lateness=PT20S",
          "--idleAfter=" + idleAfter,
          "--checkpointingInterval=2000",
          "--early=PT1S");
    }

    /** Sends events for some seconds. */
    Replayed replay() {
      Duration span = Inputs.of(ANALYSIS, 1, EVENTS).span();
      return replayed(topic(), List.of("--speed=" + (double) span.toMillis() / REPLAY.toMillis()));
    }

    /** The same with one partition that stalls for a while. */
    Replayed replayStalling() {
      Replayed staged = replayed(topic() + "-staged", List.of());
      new Stall(kafka, staged.topic(), topic(), REPLAY).send();
      return staged.in(topic());
    }

    private static Replayed replayed(String topic, List<String> pace) {
      try {
        return Replayed.of(
            kafka,
            cluster.folder(),
            ANALYSIS,
            topic,
            1,
            EVENTS,
            Stream.concat(AMONG_THEM.stream(), pace.stream()).toList());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Figures figures(
        int kills, Duration recovery, Replayed replayed, Ledger ledger, long duplicated) {
      return new Figures(
          name,
          ANALYSIS.name(),
          replayed.records(),
          kills,
          recovery,
          replayed.records() - ledger.read(),
          duplicated);
    }

    /** Waits until the stream has read more records than this. */
    long read(RealCluster.Submitted stream, long records) {
      return stream
          .ledger(kafka, answers() + "-ledger", l -> l.read() > records, Settling.PATIENCE)
          .read();
    }
  }

  @Test
  void aTaskManagerIsKilled() throws Exception {
    Night night = new Night("TaskManager killed", NEVER_IDLE);
    undergoes(night, 1, true, killing("taskmanager-1"));
  }

  @Test
  void aStreamIsStoppedWithASavepointAndGoesOnWithTwiceTheWorkers() throws Exception {
    Night night = new Night("savepoint, then parallelism 4", NEVER_IDLE);
    undergoes(
        night,
        0,
        true,
        stream -> {
          List<String> command = new ArrayList<>(night.command());
          command.addAll(List.of("--savepointPath=" + stream.stop(), "--wait=false"));
          return cluster.stream(List.of(), 4, command);
        });
  }

  @Test
  @Tag("long")
  void theJobManagerIsKilled() throws Exception {
    Night night = new Night("JobManager killed", NEVER_IDLE);
    undergoes(night, 1, true, killing("jobmanager"));
  }

  @Test
  @Tag("long")
  void everyProcessOfFlinkIsKilledAtOnce() throws Exception {
    Night night = new Night("JobManager and both TaskManagers killed", NEVER_IDLE);
    undergoes(night, 3, true, killing("jobmanager", "taskmanager-1", "taskmanager-2"));
  }

  @Test
  @Tag("long")
  void theBrokerIsKilled() throws Exception {
    undergoes(
        new Night("broker killed", NEVER_IDLE),
        1,
        false,
        stream -> {
          cluster.broker().kill();
          return stream;
        });
  }

  @Test
  @Tag("long")
  void theBrokerHangs() throws Exception {
    undergoes(
        new Night("broker hangs for 20 s", NEVER_IDLE),
        0,
        false,
        stream -> {
          RealCluster.hang(cluster.broker(), OUTAGE);
          return stream;
        });
  }

  @Test
  @Tag("long")
  void theSinkRefusesAnswersAndIsHealed() throws Exception {
    Night night = new Night("sink refuses answers for 20 s", NEVER_IDLE);
    undergoes(
        night,
        0,
        true,
        running -> {
          setMostBytes(night.answers(), 50); // no answer is so short
          TimeUnit.NANOSECONDS.sleep(OUTAGE.toNanos()); // the fault is that no record is accepted
          setMostBytes(night.answers(), 1 << 20);
          return running;
        });
  }

  /** While it stalls, the partition holds the watermark, so nothing is late. */
  @Test
  @Tag("long")
  void aPartitionStallsForLessThanItTakesToBeIdle() throws Exception {
    stalls(new Night("partition stalls for 15 s, idle after 60 s", NEVER_IDLE), true);
  }

  /** The others go on without it, and its events are late if their windows have closed. */
  @Test
  @Tag("long")
  void aPartitionStallsForLongerAndFindsItsWindowsClosed() throws Exception {
    stalls(new Night("partition stalls for 15 s, idle after 3 s", Duration.ofSeconds(3)), false);
  }

  /** Files keep all revisions; the highest counts. */
  @Test
  @Tag("long")
  void aTaskManagerIsKilledWhileAnswersGoToFiles() throws Exception {
    Night night = new Night("TaskManager killed, answers to files", NEVER_IDLE);
    Path files = cluster.folder().resolve("answers");
    List<String> command = new ArrayList<>(night.command());
    command.removeIf(argument -> argument.startsWith("--answers="));
    command.addAll(
        List.of(
            "--answers=files:" + files,
            "--ledger=" + kafka.uri(night.answers() + "-ledger"),
            "--late=" + kafka.uri(night.answers() + "-late"),
            "--deadLetters=" + kafka.uri(night.answers() + "-dead-letters")));
    kafka.createTopic(night.topic(), PARTITIONS);
    RealCluster.Submitted stream = cluster.stream(command);
    CompletableFuture<Replayed> replaying = CompletableFuture.supplyAsync(night::replay);
    stream.hasCheckpoint();
    long before = night.read(stream, EVENTS / 3);
    long began = System.nanoTime();
    cluster.flink("taskmanager-2").kill();
    stream.await(stream::restored);
    long unused = night.read(stream, before);
    Duration recovery = Duration.ofNanos(System.nanoTime() - began);

    Replayed replayed = replaying.get();
    Settling.Accounted accounted =
        new Settling(kafka, stream).accounted(ANALYSIS, replayed, night.answers(), List.of());
    for (Output<?, ?> output : ANALYSIS.outputs()) {
      List<String> expected = accounted.expected().get(output.name());
      stream.await(() -> inFiles(files, output, replayed).equals(expected));
    }
    night.figures(1, recovery, replayed, accounted.ledger(), 0).tell();
  }

  private static List<String> inFiles(Path files, Output<?, ?> output, Replayed replayed) {
    try {
      return Settling.before(SettledAnswers.in(files.resolve(output.name())), replayed.newest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stalls(Night night, boolean allOnTime) throws Exception {
    kafka.createTopic(night.topic(), PARTITIONS);
    RealCluster.Submitted stream = cluster.stream(night.command());
    Replayed replayed = CompletableFuture.supplyAsync(night::replayStalling).get();
    long began = System.nanoTime();
    long unused = night.read(stream, replayed.records() - 1);
    Duration recovery = Duration.ofNanos(System.nanoTime() - began);
    Ledger ledger = settles(night, stream, replayed, allOnTime, 0, recovery);
    long sentLate = (long) replayed.late(INPUT).size() + replayed.heldBack(INPUT).size();
    assertThat("late besides", ledger.late() > sentLate, is(!allOnTime));
  }

  private static Fault killing(String... names) {
    return stream -> {
      Stream.of(names).forEach(name -> cluster.flink(name).kill());
      return stream;
    };
  }

  private static void setMostBytes(String topic, int bytes) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", String.valueOf(bytes)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  /**
   * Injects the fault while the stream reads; it must read on and settle as without the fault.
   *
   * @param restores whether it must restore from a checkpoint
   */
  private static void undergoes(Night night, int kills, boolean restores, Fault fault)
      throws Exception {
    kafka.createTopic(night.topic(), PARTITIONS);
    RealCluster.Submitted stream = cluster.stream(night.command());
    CompletableFuture<Replayed> replaying = CompletableFuture.supplyAsync(night::replay);
    stream.hasCheckpoint();
    long before = night.read(stream, EVENTS / 3);
    long began = System.nanoTime();
    RealCluster.Submitted after = fault.strike(stream);
    if (restores) {
      after.await(after::restored); // until then, its remaining parts may run on
    }
    long unused = night.read(after, before);
    Duration recovery = Duration.ofNanos(System.nanoTime() - began);
    Ledger unusedLedger = settles(night, after, replaying.get(), true, kills, recovery);
  }

  private static Ledger settles(
      Night night,
      RealCluster.Submitted stream,
      Replayed replayed,
      boolean onTime,
      int kills,
      Duration recovery)
      throws Exception {
    Settling settling = new Settling(kafka, stream);
    Ledger ledger =
        onTime
            ? settling.check(ANALYSIS, replayed, night.answers()).get(0)
            : settling.checkAnswers(ANALYSIS, replayed, night.answers(), List.of()).ledger();
    List<String> unclear = new ArrayList<>();
    for (String topic : night.topicsOfAnswers()) {
      unclear.addAll(Upserts.in(kafka, topic).unclear(replayed.newest()));
    }
    night.figures(kills, recovery, replayed, ledger, unclear.size()).tell();
    assertThat("answers that depend on who reads them", unclear, is(empty()));
    return ledger;
  }
}
