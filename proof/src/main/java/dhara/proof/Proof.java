package dhara.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.ledger.Ledger;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.testkit.Command;
import dhara.testkit.EmbeddedKafka;
import dhara.testkit.TestData;
import dhara.testkit.flink.FlinkCluster;
import dhara.tools.Dhara;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The proof, in one command: the events of {@code test-data/} are replayed into a real broker with
 * every fault, streamed on a Flink cluster, backfilled from the files on the direct runner, and
 * reconciled. Each step is a command that a user could type, and is printed.
 *
 * <p>Exit code 0: every analysis has no unexplained difference.
 */
public final class Proof {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> FAULTS =
      List.of(
          "--disorder=PT8S",
          "--late=0.02",
          "--duplicates=0.03",
          "--garbage=0.01",
          "--farFuture=0.002",
          "--idlePartition",
          "--unwrittenPartition");

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

  /** Runs the proof for the named analyses, or for all, and exits with the exit code. */
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
      for (String name : names.length == 0 ? TestData.analyses() : List.of(names)) {
        proven &= proof.of(Analysis.all().get(name));
      }
    } finally {
      delete(folder);
    }
    System.exit(proven ? 0 : 1);
  }

  private boolean of(Analysis<?> analysis) throws Exception {
    String name = analysis.name();
    List<String> archive = TestData.read(analysis, Path.of("test-data"), ".jsonl");
    List<String> topics = topics(analysis, "");
    String answers = kafka.uri(name + "-answers");
    Path truth = folder.resolve(name + ".truth");
    Path backfill = folder.resolve(name);

    say("%n%s: a topic with every fault%n", name);
    List<String> to =
        topics(analysis, "?partitions=4").stream()
            .map(topic -> topic.replaceFirst("--events", "--to"))
            .toList();
    List<String> lateness = List.of("--lateness=PT20S");
    Duration closing = Horizons.closing(analysis, lateness);
    direct(
        Command.line(
            List.of("replay", name),
            archive,
            to,
            List.of(
                "--truth=" + truth, Horizons.lateBy(analysis, lateness), "--closing=" + closing),
            FAULTS));
    Map<String, JsonNode> sent = sent(new ObjectMapper().readTree(truth.toFile()));

    List<String> stream =
        Command.line(
            List.of(name),
            topics,
            List.of("--answers=" + answers, "--idleAfter=PT1S"),
            lateness,
            Command.early(analysis));
    say("%n%s: the stream, on Flink%n", name);
    show(stream);
    try (FlinkCluster.RunningStream running = cluster.stream(stream)) {
      for (Map.Entry<String, JsonNode> input : sent.entrySet()) {
        long records = input.getValue().get("records").asLong();
        Ledger ledger =
            running.accountsFor(kafka, name + "-answers-ledger", input.getKey(), records, PATIENCE);
        say("%s%n", ledger);
      }

      say("%n%s: the backfill of the archive, on the direct runner%n", name);
      List<String> run = List.of(name, "--effects=true");
      direct(Command.line(run, archive, List.of("--answers=files:" + backfill + "/all")));
      say("%n%s: the backfill of the topic, without what the stream found late%n", name);
      direct(
          Command.line(
              run,
              topics(analysis, "?end=latest"),
              List.of(
                  "--without=" + answers + "-late", "--answers=files:" + backfill + "/without")));

      // The closing events are in windows of their own, much later.
      String until = "--until=" + newest(sent).plus(closing.dividedBy(2));
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

  /** The options of a run that reads a topic for each input. */
  private List<String> topics(Analysis<?> analysis, String parameters) {
    boolean several = analysis.inputs().size() > 1;
    return analysis.inputs().stream()
        .map(
            input ->
                "--events=%s%s%s"
                    .formatted(
                        several ? input.name() + "=" : "",
                        kafka.uri(analysis.name() + "-" + input.name()),
                        parameters))
        .toList();
  }

  /** What a replay sent, by input. */
  private static Map<String, JsonNode> sent(JsonNode truth) {
    Map<String, JsonNode> sent = new LinkedHashMap<>();
    if (truth.has("inputs")) {
      truth.get("inputs").forEach(input -> sent.put(input.get("input").asText(), input));
    } else {
      sent.put(truth.get("input").asText(), truth);
    }
    return sent;
  }

  private static Instant newest(Map<String, JsonNode> sent) {
    return sent.values().stream()
        .map(truth -> Instant.parse(truth.get("newest").asText()))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
