package dhara.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.flink.FlinkCluster;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The proof, in one command: the events of {@code test-data/} are replayed into a real broker with
 * every fault, streamed on a Flink cluster, backfilled from the files on the direct runner, and
 * reconciled. Each step is the command that a user would type, and is shown as such.
 *
 * <p>Exit code 0: every analysis has no unexplained difference.
 */
public final class Proof {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> FAULTS =
      List.of(
          "--disorder=PT8S",
          "--late=0.02",
          "--lateBy=PT2M",
          "--duplicates=0.03",
          "--garbage=0.01",
          "--farFuture=0.002",
          "--idlePartition",
          "--unwrittenPartition",
          "--closing=P2D");

  private final Console console;
  private final EmbeddedKafka kafka;
  private final FlinkCluster cluster;
  private final Path folder;

  private Proof(Console console, EmbeddedKafka kafka, FlinkCluster cluster, Path folder) {
    this.console = console;
    this.kafka = kafka;
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Proves it for the analyses named, or for all; ends the process with the exit code. */
  public static void main(String... names) throws Exception {
    for (String name : names) {
      if (!Analysis.all().containsKey(name)) {
        System.err.println(name + " is no analysis; there are " + Analysis.all().keySet());
        System.exit(2);
      }
    }
    Path folder = Files.createTempDirectory("dhara-proof-");
    boolean proven = true;
    try (EmbeddedKafka kafka = EmbeddedKafka.start();
        FlinkCluster cluster = FlinkCluster.start(1, folder)) {
      Proof proof = new Proof(Console.ofProcess(), kafka, cluster, folder);
      for (Analysis<?> analysis : Analysis.all().values()) {
        if (names.length == 0 || List.of(names).contains(analysis.name())) {
          proven &= proof.of(analysis);
        }
      }
    } finally {
      delete(folder);
    }
    System.exit(proven ? 0 : 1);
  }

  private boolean of(Analysis<?> analysis) throws Exception {
    String name = analysis.name();
    String input = analysis.inputs().get(0).name();
    String archive = "test-data/" + input + "/" + input + ".jsonl";
    String answers = kafka.uri(name + "-answers");
    Path truth = folder.resolve(name + ".truth");
    Path backfill = folder.resolve(name);

    say("%n%s: a topic with every fault%n", name);
    List<String> replay =
        with(
            List.of(
                "replay",
                name,
                "--events=" + archive,
                "--to=" + kafka.uri(input) + "?partitions=4",
                "--truth=" + truth),
            FAULTS);
    direct(replay);
    JsonNode sent = new ObjectMapper().readTree(truth.toFile());

    List<String> stream =
        List.of(
            name,
            "--events=" + kafka.uri(input),
            "--answers=" + answers,
            "--lateness=PT20S",
            "--idleAfter=PT1S",
            "--early=PT1S");
    say("%n%s: the stream, on Flink%n", name);
    show(stream);
    try (FlinkCluster.RunningStream running = cluster.stream(stream)) {
      Ledger ledger =
          running.accountsFor(
              kafka, name + "-answers-ledger", sent.get("records").asLong(), PATIENCE);
      say("%s%n", ledger);

      say("%n%s: the backfill of the archive, on the direct runner%n", name);
      direct(List.of(name, "--events=" + archive, "--answers=files:" + backfill + "/all"));
      say("%n%s: the backfill of the topic, without what the stream found late%n", name);
      direct(
          List.of(
              name,
              "--events=" + kafka.uri(input) + "?end=latest",
              "--without=" + answers + "-late",
              "--answers=files:" + backfill + "/without"));

      // The closing events make windows of their own, two days later.
      String until =
          "--until=" + Instant.parse(sent.get("newest").asText()).plus(Duration.ofDays(1));
      say("%n%s: the stream and the archive; late events explain what differs%n", name);
      boolean explained =
          reconciled(
              List.of(
                  "reconcile",
                  answers,
                  "files:" + backfill + "/all",
                  "--analysis=" + name,
                  until,
                  "--examples=1"));
      say("%n%s: the stream and the topic without them; nothing is left to explain%n", name);
      boolean same =
          reconciled(
              List.of(
                  "reconcile",
                  answers,
                  "files:" + backfill + "/without",
                  "--analysis=" + name,
                  until,
                  "--late=none",
                  "--deadLetters=none"));
      return explained && same;
    }
  }

  /**
   * Compares until the stream has settled: its last windows close a moment after the last event.
   */
  private boolean reconciled(List<String> reconcile) {
    show(reconcile);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Command last = Command.run("direct", reconcile);
    while (last.exit() == 1 && System.nanoTime() - deadline < 0) {
      last = Command.run("direct", reconcile);
    }
    console.out().print(last.out());
    console.err().print(last.err());
    return last.exit() == 0;
  }

  private void direct(List<String> arguments) {
    show(arguments);
    int exit = Dhara.on(console, "direct").run(arguments.toArray(String[]::new));
    if (exit != 0) {
      throw new IllegalStateException(arguments.get(0) + " ended with " + exit);
    }
  }

  private void show(List<String> arguments) {
    say("$ dhara %s%n", String.join(" ", arguments));
  }

  private void say(String format, Object... values) {
    console.out().printf(format, values);
    console.out().flush();
  }

  private static List<String> with(List<String> arguments, List<String> more) {
    return Stream.concat(arguments.stream(), more.stream()).toList();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
