package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.Full;
import dhara.testkit.Shapes;
import dhara.testkit.flink.FlinkCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The law: over the same events, stream and backfill settle on the same answer. Every analysis on
 * the class path, streamed from a real broker on a cluster of two task managers under the faults
 * that a replay can plant, settles on the answers of its oracle over all events except those of the
 * late output, and its late output is exactly what the replay made late.
 *
 * <p>Each analysis is tested under all faults together; one of each of the {@link Shapes} under
 * each fault alone, and with {@code -Pfull} every analysis. All share a broker and a cluster, and
 * many run at once, because a stream waits most of its time.
 */
class StreamParityTest {

  private static final int EVENTS = 1_500;

  /** The analyses that answer that nothing came, which a late event may have broken. */
  private static final Set<String> ANSWERS_SILENCE =
      Set.of("alerts", "booking-rush", "data-quality", "delivery-eta", "sensor-health");

  /** Kafka refuses names of topics of more than 249 characters, and more is appended to these. */
  private static final int LONGEST = 120;

  /** How many streams run at once: they keep two cores busy, and leave some to other modules. */
  private static final int AT_ONCE = 4;

  /** The faults of a replay, with a name. */
  private record Fault(String name, List<String> arguments) {

    static Fault of(String name, String... arguments) {
      return new Fault(name, List.of(arguments));
    }
  }

  /** Of streams; for replays, {@link Case#faults} says how late. */
  private static final String LATENESS = "--lateness=PT20S";

  private static final String LATE = "--late";

  private static final List<Fault> EACH =
      List.of(
          Fault.of("disorder", "--disorder=PT8S"),
          Fault.of("duplicates", "--duplicates=0.05"),
          Fault.of("late", LATE),
          Fault.of("garbage", "--garbage=0.03"),
          Fault.of("far-future", "--farFuture=0.01"),
          Fault.of("far-past", "--farPast=0.01"),
          Fault.of("idle-partition", "--idlePartition"),
          Fault.of("unwritten-partition", "--unwrittenPartition"));

  private static final Fault ALL =
      new Fault("all", EACH.stream().flatMap(fault -> fault.arguments.stream()).toList());

  /** A stream with its options and fault. */
  private record Case(String analysis, List<String> options, Fault fault, long seed) {

    /** The topic of its events, different for each case. */
    String topic() {
      String run = String.join("", options).replaceAll("[^A-Za-z0-9]+", "-");
      if (run.length() > LONGEST) {
        run = run.substring(0, LONGEST) + "-" + Integer.toHexString(run.hashCode());
      }
      return "%s%s-%s-%d".formatted(analysis, run, fault.name, seed);
    }

    /** The arguments of its replay. */
    List<String> faults() {
      Analysis<?> of = Analysis.all().get(analysis);
      List<String> faults = new ArrayList<>(fault.arguments);
      if (faults.remove(LATE)) {
        faults.add("--late=0.03");
        faults.add(Horizons.lateBy(of, Command.line(options, List.of(LATENESS))));
      }
      faults.add("--closing=" + closing());
      return faults;
    }

    /** How much later than the others its last events are. */
    Duration closing() {
      return Horizons.closing(
          Analysis.all().get(analysis), Command.line(options, List.of(LATENESS)));
    }

    /** Whether it is also reconciled and replaced; once for each analysis is enough. */
    boolean reconciles() {
      return fault.equals(ALL) && (seed == 1 || Full.asked());
    }

    /** Whether all its answers are totals since ever, so that no range of time holds any. */
    boolean endless() {
      return Shapes.of(Analysis.all().get(analysis), options).equals(Set.of("ever"));
    }

    @Override
    public String toString() {
      return "%s %s, %s, seed %d".formatted(analysis, options, fault.name, seed);
    }
  }

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static FlinkCluster cluster;
  private static ExecutorService pool;
  private static Map<Case, Future<?>> streams;

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String name : Full.analyses()) {
      List<Fault> faults = new ArrayList<>(List.of(ALL));
      if (Full.asked()) {
        faults.addAll(EACH);
      }
      for (Full.Run run : Full.firstRuns(name)) {
        faults.forEach(fault -> cases.add(new Case(name, run.options(), fault, run.seed())));
      }
    }
    if (!Full.asked()) {
      for (Shapes.Run run : Shapes.firsts()) {
        EACH.forEach(fault -> cases.add(new Case(run.analysis(), run.options(), fault, 1)));
      }
    }
    return cases;
  }

  @BeforeAll
  static void startAll() throws Exception {
    kafka = EmbeddedKafka.start();
    cluster = FlinkCluster.start(AT_ONCE, folder);
    pool = Executors.newFixedThreadPool(AT_ONCE);
    streams = new LinkedHashMap<>();
    for (Case each : cases()) {
      streams.put(
          each,
          pool.submit(
              () -> {
                settles(each);
                return null;
              }));
    }
  }

  @AfterAll
  static void stop() {
    pool.shutdownNow();
    cluster.close();
    kafka.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theStreamSettlesOnTheAnswersOfAllEventsButTheLateOnes(Case each) throws Throwable {
    try {
      Object unused = streams.get(each).get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static void settles(Case each) throws Exception {
    Analysis<?> analysis = Analysis.all().get(each.analysis);
    Replayed replayed =
        Replayed.of(kafka, folder, analysis, each.topic(), each.seed, EVENTS, each.faults());
    String answers = each.topic() + "-answers";
    List<String> arguments =
        Command.line(
            List.of(each.analysis),
            each.options,
            replayed.read(kafka, ""),
            List.of(
                "--answers=" + kafka.uri(answers),
                "--disorder=PT10S",
                LATENESS,
                "--idleAfter=PT1S"),
            each.fault.equals(ALL) ? Command.early(analysis) : List.of());

    List<Ledger> ledgers;
    try (FlinkCluster.RunningStream stream = cluster.stream(arguments)) {
      ledgers = new Settling(kafka, stream).check(analysis, replayed, answers, each.options);
      Ledger passed =
          stream.ledger(
              kafka,
              answers + "-ledger",
              ledger ->
                  ledger.watermark() != null
                      && ledger.watermark().isAfter(replayed.newest())
                      && ledger.settledUntil() != null,
              Settling.PATIENCE);
      assertThat(
          passed.settledUntil(),
          is(lessThanOrEqualTo(passed.watermark().minus(Duration.ofSeconds(20)))));
    }
    if (each.fault.arguments.contains(LATE)) {
      assertThat(replayed.late(analysis.inputs().get(0)), is(not(empty())));
    }
    if (each.reconciles()) {
      reconcilesAndIsReplaced(each, replayed, answers, ledgers);
    }
  }

  /**
   * The stream's answers and a backfill of the archive differ only by the late events. A backfill
   * of the topics without these equals the stream exactly, with its ledgers. A backfill over the
   * stream's answers replaces them. Totals since ever count the closing events too, which only the
   * topics have: these take the place of the archive.
   */
  private static void reconcilesAndIsReplaced(
      Case each, Replayed replayed, String answers, List<Ledger> streamed) {
    List<String> backfill =
        Command.line(
            List.of(each.analysis, "--effects=true"),
            each.options,
            each.endless() ? replayed.read(kafka, "?end=latest") : replayed.archive().read());
    Path all = folder.resolve(answers + "-all");
    Path without = folder.resolve(answers + "-without");
    Command.done("direct", Command.line(backfill, List.of("--answers=files:" + all)));
    assertThat(reconciled(each, replayed, answers, all), is(0));
    assertThat(
        reconciled(each, replayed, answers, all, "--late=none", "--deadLetters=none"), is(1));

    Command same =
        Command.done(
            "direct",
            Command.line(
                List.of(each.analysis, "--effects=true"),
                each.options,
                replayed.read(kafka, "?end=latest"),
                List.of(
                    "--without=" + kafka.uri(answers + "-late"), "--answers=files:" + without)));
    for (Ledger ledger : streamed) {
      assertThat(same.err(), containsString(ledger.toString()));
    }
    assertThat(
        reconciled(each, replayed, answers, without, "--late=none", "--deadLetters=none"), is(0));

    Command.done(
        "direct",
        Command.line(backfill, List.of("--answers=" + kafka.uri(answers), "--overwrite=true")));
    if (!ANSWERS_SILENCE.contains(each.analysis)) {
      assertThat(
          reconciled(each, replayed, answers, all, "--late=none", "--deadLetters=none"), is(0));
    } else {
      // An answer about a silence that a late event has broken is not replaced, but explained.
      assertThat(reconciled(each, replayed, answers, all), is(0));
    }
  }

  private static int reconciled(
      Case each, Replayed replayed, String answers, Path backfill, String... options) {
    List<String> reconcile =
        List.of(
            "reconcile", kafka.uri(answers), "files:" + backfill, "--analysis=" + each.analysis);
    List<String> range =
        each.endless()
            ? List.of()
            : List.of("--until=" + replayed.newest().plus(each.closing().dividedBy(2)));
    return Command.run("direct", Command.line(reconcile, range, List.of(options))).exit();
  }
}
