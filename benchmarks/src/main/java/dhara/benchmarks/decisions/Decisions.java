package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.Machine;
import dhara.benchmarks.harness.Report;
import dhara.benchmarks.harness.Subcommand;
import dhara.benchmarks.kafka.BrokerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Measures how old payments are when they are decided about: a broker, Dhara's command, and a peer
 * that pays and reads, a JVM each.
 *
 * <pre>
 *   Peer ─▶ payments (topic) ─▶ dhara fraud, on Flink ─▶ decisions (topic) ─▶ Peer
 * </pre>
 */
@Command(
    name = "decisions",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures how old payments are when fraud's decision can be read.")
@AutoService(Subcommand.class)
public final class Decisions implements Subcommand {

  /** A bar: the 99th percentile, in milliseconds. */
  private static final long BAR_MILLIS = 100;

  private static final int LATE = 3;
  private static final String PAYMENTS = "payments";
  private static final String DECISIONS = "decisions";

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Payments a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--payers",
      paramLabel = "N",
      defaultValue = "200000",
      description = "How many payers there are (default: ${DEFAULT-VALUE}).")
  private int payers;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "100",
      description = "Before measuring (default: ${DEFAULT-VALUE}).")
  private int warmup;

  @Option(
      names = "--measure",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long (default: ${DEFAULT-VALUE}).")
  private int measure;

  @Mixin private Bench bench;

  @Parameters(
      paramLabel = "OPTION",
      description = {
        "Options of Dhara's command, after --, beside those that are set here, e.g.",
        "-- --maxBundleSize=100"
      })
  private List<String> options = new ArrayList<>();

  private final List<Process> processes = new ArrayList<>();

  /** Found by {@link java.util.ServiceLoader}. */
  public Decisions() {}

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("dhara-decisions-");
    DecisionsResult result;
    try (BrokerProcess broker =
        BrokerProcess.start(ClassPath.PLAIN.read(bench.module()), log("broker"))) {
      try {
        result = measured(broker, folder);
      } finally {
        end();
      }
    } finally {
      Folders.delete(folder);
    }
    result.write(bench.kept());
    Report.of(bench.kept()).write();
    Histogram histogram = result.histogram();
    System.err.printf(
        "p50 %d ms, p99 %d ms, most %d ms; %,d without a decision, %,d decided again%n",
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(99),
        histogram.getMaxValue(),
        result.seen().missing(),
        result.seen().corrected());
    return result.seen().missing() == 0 && histogram.getValueAtPercentile(99) < BAR_MILLIS
        ? 0
        : LATE;
  }

  private void end() throws InterruptedException {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private DecisionsResult measured(BrokerProcess broker, Path folder) throws Exception {
    create(broker.bootstrap());
    List<String> asked =
        new ArrayList<>(List.of("--lateness=PT0S", "--disorder=PT1S", "--parallelism=2"));
    asked.addAll(options);
    Process dhara = dhara(broker.bootstrap(), folder, asked);
    if (dhara.waitFor(15, TimeUnit.SECONDS)) {
      throw new IOException("Dhara ended early; " + log("dhara") + " says why");
    }
    Process peer =
        java(
            "peer",
            List.of("-Xmx512m", "-cp", ClassPath.PLAIN.read(bench.module())),
            Peer.class,
            Stream.of(broker.bootstrap(), PAYMENTS, DECISIONS, rate, payers, warmup, measure)
                .map(Object::toString)
                .toList());
    BufferedReader said =
        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
    line(said);
    Map<String, Double> before = cpu(broker, dhara, peer);
    String seen = line(said);
    Map<String, Double> after = cpu(broker, dhara, peer);
    after.replaceAll((name, seconds) -> seconds - before.get(name));
    return new DecisionsResult(
        Instant.now().toString().substring(0, 10),
        Machine.here(),
        "dhara fraud " + String.join(" ", asked),
        rate,
        payers,
        warmup,
        measure,
        new ObjectMapper().readValue(seen, Peer.Seen.class),
        lastCheckpoint(folder.resolve("checkpoints")),
        after);
  }

  private static void create(String broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin
          .createTopics(
              Stream.of(PAYMENTS, DECISIONS)
                  .map(topic -> new NewTopic(topic, Optional.of(4), Optional.empty()))
                  .toList())
          .all()
          .get();
    }
  }

  private Process dhara(String broker, Path folder, List<String> asked) throws IOException {
    List<String> flags = new ArrayList<>(bench.flags());
    flags.addAll(ClassPath.FLINK.flags());
    flags.add("-cp");
    flags.add(ClassPath.FLINK.read(bench.module()));
    List<String> arguments = new ArrayList<>();
    arguments.add("fraud");
    arguments.add("--events=payments=kafka://" + broker + "/" + PAYMENTS);
    arguments.add("--answers=kafka://" + broker + "/" + DECISIONS);
    arguments.add("--checkpoints=" + folder.resolve("checkpoints"));
    for (String aside : List.of("deadLetters", "late", "ledger")) {
      arguments.add("--" + aside + "=files:" + folder.resolve(aside));
    }
    arguments.addAll(asked);
    return java("dhara", flags, dhara.tools.Dhara.class, arguments);
  }

  private Process java(String name, List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add(main.getName());
    command.addAll(arguments);
    Path log = log(name);
    Files.createDirectories(log.getParent());
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    processes.add(process);
    return process;
  }

  private Path log(String name) {
    return bench.module().resolve("target/logs/decisions-" + name + ".log");
  }

  private String line(BufferedReader from) throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IOException("the peer ended early; " + log("peer") + " says why");
    }
    return line;
  }

  private static Map<String, Double> cpu(BrokerProcess broker, Process dhara, Process peer) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("Dhara", seconds(dhara));
    seconds.put("broker", broker.cpuNanos() / 1e9);
    seconds.put("peer", seconds(peer));
    return seconds;
  }

  private static double seconds(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  /** The bytes of the newest checkpoint in a folder. */
  private static long lastCheckpoint(Path folder) throws IOException {
    Path newest;
    try (Stream<Path> found = Files.walk(folder)) {
      newest =
          found
              .filter(path -> path.endsWith("_metadata"))
              .max(Comparator.comparing(path -> path.toFile().lastModified()))
              .orElseThrow(() -> new IOException("there is no checkpoint in " + folder))
              .getParent();
    }
    try (Stream<Path> files = Files.walk(newest)) {
      return files.mapToLong(path -> path.toFile().isFile() ? path.toFile().length() : 0).sum();
    }
  }
}
