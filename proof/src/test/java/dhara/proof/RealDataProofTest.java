package dhara.proof;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.parity.LeanTicks;
import dhara.parity.RealData;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.flink.FlinkCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Real data, replayed with late events, duplicates and garbage: the answers of the stream and of a
 * backfill of the files differ only by the late events.
 */
@Isolated("each of these takes both cores")
class RealDataProofTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir static Path folder;

  private static EmbeddedKafka kafka;
  private static FlinkCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    RealData.data();
    kafka = EmbeddedKafka.start();
    cluster = FlinkCluster.start(1, folder);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
      kafka.close();
    }
  }

  @Test
  void aWeekOfTicksReconciles() throws Exception {
    Path ticks = folder.resolve("ticks.csv");
    LeanTicks.prepare(RealData.data().resolve("lean_ticks"), ticks);
    // A topic gets the ticks of both symbols by time; the files hold one symbol after the other.
    List<String> lines = new ArrayList<>(Files.readAllLines(ticks));
    lines.subList(1, lines.size()).sort(Comparator.comparing(line -> line.split(",", 3)[1]));
    Files.write(ticks, lines);
    reconciles(RealData.CANDLES, ticks.toString(), List.of("--key=symbol"));
  }

  @Test
  void aMonthOfAShopReconciles() throws Exception {
    String days = RealData.data().resolve("online_retail/by-day") + "/2010-12-*.csv.gz";
    reconciles(RealData.RETAIL, days, List.of("--key=order"));
  }

  /**
   * @param analysis its name and options
   */
  private static void reconciles(List<String> analysis, String archive, List<String> replaying)
      throws Exception {
    String name = analysis.get(0);
    String answers = name + "-answers";
    Path truth = folder.resolve(name + ".truth");
    List<String> map = analysis.stream().filter(a -> a.startsWith("--map=")).toList();
    Command.done(
        "direct",
        all(
            List.of(
                List.of("replay", name, "--events=" + archive, "--truth=" + truth),
                map,
                replaying,
                List.of(
                    "--to=" + kafka.uri(name) + "?partitions=4",
                    "--late=0.02",
                    "--lateBy=PT30M",
                    "--duplicates=0.03",
                    "--garbage=0.01",
                    "--closing=P3D"))));
    JsonNode sent = JSON.readTree(truth.toFile());
    List<String> options = analysis.stream().filter(a -> !a.startsWith("--map=")).toList();
    try (FlinkCluster.RunningStream stream =
        cluster.stream(
            all(
                List.of(
                    options,
                    List.of(
                        "--events=" + kafka.uri(name),
                        "--answers=" + kafka.uri(answers),
                        "--idleAfter=PT2S"))))) {
      Ledger streamed =
          stream.accountsFor(kafka, answers + "-ledger", sent.get("records").asLong(), PATIENCE);
      Path backfill = folder.resolve(name + "-backfill");
      Command backfilled =
          Command.done(
              "flink",
              all(
                  List.of(
                      analysis, List.of("--events=" + archive, "--answers=files:" + backfill))));
      Path without = folder.resolve(name + "-without");
      Command same =
          Command.done(
              "flink",
              all(
                  List.of(
                      options,
                      List.of(
                          "--events=" + kafka.uri(name) + "?end=latest",
                          "--without=" + kafka.uri(answers + "-late"),
                          "--answers=files:" + without))));

      String until =
          "--until=" + Instant.parse(sent.get("newest").asText()).plus(Duration.ofDays(1));
      String explained =
          reconciled(List.of("reconcile", kafka.uri(answers), "files:" + backfill), name, until);
      String equal =
          reconciled(
              List.of("reconcile", kafka.uri(answers), "files:" + without),
              name,
              until,
              "--late=none",
              "--deadLetters=none");

      System.err.printf(
          "%s%n  stream   %s%n  archive  %s%n  topic    %s%n%s%n%s%n",
          name, streamed, backfilled.err().strip(), same.err().strip(), explained, equal);
      assertThat(same.err(), containsString(streamed.toString()));
      long late = sent.get("late").asLong();
      assertThat(
          streamed.late(),
          both(greaterThanOrEqualTo(late))
              .and(lessThanOrEqualTo(late + sent.get("heldBack").asLong())));
      assertThat(late, greaterThan(0L));
    }
  }

  /** Compares until the stream's last windows have closed; no difference may be unexplained. */
  private static String reconciled(
      List<String> sides, String name, String until, String... options) {
    List<String> reconcile =
        all(List.of(sides, List.of("--analysis=" + name, until, "--examples=0"), List.of(options)));
    Command reconciled = Command.run("direct", reconcile);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (reconciled.exit() == 1 && System.nanoTime() - deadline < 0) {
      reconciled = Command.run("direct", reconcile);
    }
    assertThat(reconciled.out() + reconciled.err(), reconciled.exit(), is(0));
    assertThat(reconciled.out(), containsString("0 unexplained differences"));
    return reconciled.out();
  }

  private static List<String> all(List<List<String>> parts) {
    return new ArrayList<>(parts.stream().flatMap(List::stream).toList());
  }
}
