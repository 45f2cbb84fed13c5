package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Bench;
import dhara.benchmarks.harness.ClassPath;
import dhara.benchmarks.harness.Folders;
import dhara.benchmarks.harness.GivenOptions;
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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Measures how old payments or ad breaks are when they are decided about: a broker, Dhara's
 * command, and a peer that pays and reads, a JVM each.
 *
 * <pre>
 *   Peer ─▶ events (topic) ─▶ dhara fraud, on Flink ─▶ decisions (topic) ─▶ Peer
 * </pre>
 */
@Command(
    name = "decisions",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures how old payments or ad breaks are when their decision can be read.")
@AutoService(Subcommand.class)
public final class Decisions implements Subcommand {

  /** A bar: the 99th percentile, in milliseconds. */
  private static final long BAR_MILLIS = 100;

  private static final int LATE = 3;
  private static final int WRONG = 4;
  private static final String EVENTS = "events";
  private static final String DECISIONS = "decisions";
  private static final String MODELS = "models";
  private static final long SEED = 7;

  @Option(
      names = "--analysis",
      paramLabel = "NAME",
      defaultValue = "fraud",
      description =
          "fraud, fraud-by-model, or ad-decisions in one market (default: ${DEFAULT-VALUE}).")
  private String analysis;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      description = "The releases of fraud-by-model, which train --publish has written.")
  private @Nullable Path models;

  @Option(
      names = "--swap",
      description = {
        "Holds back the last of these releases, and makes it in the middle of the measured time:",
        "payments since then must be decided by it, and earlier ones by the one before."
      })
  private boolean swap;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Payments or ad breaks a second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--payers",
      paramLabel = "N",
      defaultValue = "200000",
      description = "How many payers or users there are (default: ${DEFAULT-VALUE}).")
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

  @Option(
      names = "--jvm",
      paramLabel = "FLAG",
      description =
          "A flag of Dhara's JVM, e.g. --jvm=-XX:MaxGCPauseMillis=20; repeat it for more.")
  private List<String> jvm = new ArrayList<>();

  @Mixin private Bench bench;

  @Parameters(
      paramLabel = "OPTION",
      description = {
        "Options of Dhara's command, after --, in place of or beside those that are set here, e.g.",
        "-- --parallelism=1 --checkpointingInterval=30000"
      })
  private List<String> options = new ArrayList<>();

  private final List<Process> processes = new ArrayList<>();

  /** Found by {@link java.util.ServiceLoader}. */
  public Decisions() {}

  @Override
  public Integer call() throws Exception {
    DecidedAnalysis decided = DecidedAnalysis.of(analysis);
    ReleasedVersions released = released(decided);
    Path folder = Files.createTempDirectory("dhara-decisions-");
    DecisionsResult result;
    try (BrokerProcess broker =
        BrokerProcess.start(ClassPath.PLAIN.read(bench.module()), log("broker"))) {
      try {
        result = measured(decided, released, broker, folder);
      } finally {
        end();
      }
    } finally {
      Folders.delete(folder);
    }
    Histogram histogram = result.histogram();
    System.err.printf(
        "p50 %d ms, p99 %d ms, most %d ms; %,d without a decision, %,d decided again%n",
        histogram.getValueAtPercentile(50),
        histogram.getValueAtPercentile(99),
        histogram.getMaxValue(),
        result.seen().missing(),
        result.seen().corrected());
    DecidingVersions.Counts versions = result.seen().versions();
    if (versions != null && versions.wrong() > 0) {
      System.err.printf(
          "%,d decisions are by another version than the one in force at the time of their %s: %s%n",
          versions.wrong(), decided.one(), versions.example());
      return WRONG;
    }
    result
        .afterSwap()
        .ifPresent(
            ages ->
                System.err.printf(
                    "by the version before the swap %,d, by it and then by the new one %,d, by the"
                        + " new one at once %,d; p99 of the %d s since the swap %d ms%n",
                    versions.before(),
                    versions.replaced(),
                    versions.after(),
                    Peer.AFTER_SWAP,
                    ages.getValueAtPercentile(99)));
    result.write(bench.kept(), decided);
    Report.of(bench.kept()).write();
    return result.seen().missing() == 0 && histogram.getValueAtPercentile(99) < BAR_MILLIS
        ? 0
        : LATE;
  }

  /** The releases of the model that decides; null if none does. */
  private @Nullable ReleasedVersions released(DecidedAnalysis decided) throws IOException {
    if (!decided.byModel()) {
      if (swap) {
        throw new IllegalArgumentException(
            "--swap: is for --analysis=" + DecidedAnalysis.FRAUD_BY_MODEL.work());
      }
      return null;
    }
    if (models == null) {
      throw new IllegalArgumentException(
          "--models: is missing; name what train published, e.g. --models=/tmp/releases");
    }
    return ReleasedVersions.in(models, swap);
  }

  private void end() throws InterruptedException {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private DecisionsResult measured(
      DecidedAnalysis decided,
      @Nullable ReleasedVersions released,
      BrokerProcess broker,
      Path folder)
      throws Exception {
    create(broker.bootstrap());
    List<Object> asks =
        new ArrayList<>(
            List.of(
                broker.bootstrap(), EVENTS, DECISIONS, analysis, rate, payers, warmup, measure));
    if (released != null) {
      release(broker.bootstrap(), released);
      asks.addAll(List.of(MODELS, models, swap));
    }
    List<String> asked =
        GivenOptions.over(
            List.of("--lateness=PT0S", "--disorder=PT1S", "--parallelism=2"), options);
    Process dhara = dhara(decided, broker.bootstrap(), folder, asked);
    if (dhara.waitFor(15, TimeUnit.SECONDS)) {
      throw new IOException("Dhara ended early; " + log("dhara") + " says why");
    }
    Process peer =
        java(
            "peer",
            List.of("-Xmx512m", "-cp", ClassPath.PLAIN.read(bench.module())),
            Peer.class,
            asks.stream().map(Object::toString).toList());
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
        Stream.of(List.of("dhara", decided.analysis()), asked, jvm)
            .flatMap(List::stream)
            .collect(Collectors.joining(" ")),
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
              Stream.of(EVENTS, DECISIONS)
                  .map(topic -> new NewTopic(topic, Optional.of(4), Optional.empty()))
                  .toList())
          .all()
          .get();
    }
  }

  /** Releases what is released before the measurement. */
  private static void release(String broker, ReleasedVersions released) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      admin
          .createTopics(List.of(new NewTopic(MODELS, Optional.of(1), Optional.empty())))
          .all()
          .get();
      for (byte[] record : released.recordsBefore()) {
        Object unused = producer.send(new ProducerRecord<>(MODELS, record)).get();
      }
    }
  }

  private Process dhara(DecidedAnalysis decided, String broker, Path folder, List<String> asked)
      throws IOException {
    List<String> flags = new ArrayList<>(bench.flags());
    flags.addAll(ClassPath.FLINK.flags());
    flags.addAll(jvm);
    flags.add("-cp");
    flags.add(ClassPath.FLINK.read(bench.module()));
    List<String> arguments = new ArrayList<>();
    arguments.add(decided.analysis());
    arguments.add("--events=" + decided.input() + "=kafka://" + broker + "/" + EVENTS);
    arguments.addAll(decided.references(folder, new SplittableRandom(SEED)));
    if (decided.byModel()) {
      arguments.add("--events=models=kafka://" + broker + "/" + MODELS);
    }
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
