package dhara.benchmarks.latency;

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
import dhara.benchmarks.profile.Recording;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Measures how old events are when they are first answered: a broker, Dhara's command, a writer and
 * a reader, a JVM each.
 *
 * <pre>
 *   Load ─▶ events (topic) ─▶ dhara freshness, on Flink ─▶ answers (topic) ─▶ Watch
 * </pre>
 */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures how old events are when the first answer with them can be read.")
@AutoService(Subcommand.class)
public final class Latency implements Subcommand {

  /** A bar: the 99th percentile, in milliseconds. */
  private static final long BAR_MILLIS = 1_500;

  private static final int LATE = 3;
  private static final String EVENTS = "events";
  private static final String ANSWERS = "answers";

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Events a second, a multiple of 100 (default: ${DEFAULT-VALUE}).")
  private long rate;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many users there are (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Before measuring (default: ${DEFAULT-VALUE}).")
  private long warmup;

  @Option(
      names = "--measure",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long (default: ${DEFAULT-VALUE}).")
  private long measure;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Record Dhara's JVM with Flight Recorder into this file.")
  private @Nullable Path jfr;

  @Mixin private Bench bench;

  @Parameters(
      paramLabel = "OPTION",
      description = {
        "Options of Dhara's command, after --, in place of or beside those that are set here, e.g.",
        "-- --early=PT0.5S --maxBundleTimeMills=100"
      })
  private List<String> options = new ArrayList<>();

  private final List<Process> processes = new ArrayList<>();

  /** Found by {@link java.util.ServiceLoader}. */
  public Latency() {}

  @Override
  public Integer call() throws Exception {
    if (rate % 100 != 0 || rate < 100) {
      throw new IllegalArgumentException("--rate=" + rate + ": must be a multiple of 100");
    }
    Path kept = bench.kept();
    Path folder = Files.createTempDirectory("dhara-latency-");
    LatencyResult result;
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
    result.write(kept);
    if (jfr != null) {
      Recording.keep(
          jfr, Instant.ofEpochMilli(result.fromMillis()), "latency", result.measured(), 1, kept);
    }
    Report.of(kept).write();
    System.err.println(LatencySection.line(result.histogram()));
    System.err.printf(
        "%s; events that wait: %,.0f, then %,.0f, then %,.0f%n",
        result.keepsUp() ? "keeps up" : "DOES NOT KEEP UP",
        result.waitingInThird(0),
        result.waitingInThird(1),
        result.waitingInThird(2));
    System.err.println(
        "99th percentile by the second of the window: " + result.seen().byWindowSecond());
    return result.keepsUp() && result.histogram().getValueAtPercentile(99) < BAR_MILLIS ? 0 : LATE;
  }

  /** Ends Dhara's JVM; one that is recorded needs a while to write the recording. */
  private void end() throws InterruptedException {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private LatencyResult measured(BrokerProcess broker, Path folder) throws Exception {
    String at = broker.bootstrap();
    create(at);
    List<String> asked = command();
    Process dhara = dhara(at, folder, asked);
    String plain = ClassPath.PLAIN.read(bench.module());
    // Give the job time to start, so that no events pile up before it reads.
    waitFor(dhara, Duration.ofSeconds(15));
    Process load =
        java(
            "load",
            List.of("-Xmx256m", "-cp", plain),
            Load.class,
            List.of(at, EVENTS, Long.toString(rate), Integer.toString(keys)));
    BufferedReader loads = reader(load);
    long start = Long.parseLong(said("load", loads));
    long from = start + warmup * 1000;
    long until = from + measure * 1000;
    Process watch =
        java(
            "watch",
            List.of("-Xmx768m", "-cp", plain),
            Watch.class,
            List.of(
                at, ANSWERS, Integer.toString(keys), Long.toString(from), Long.toString(until)));
    waitFor(dhara, Duration.ofMillis(from - System.currentTimeMillis()));
    Map<String, Double> before = cpu(broker, dhara, load, watch);
    waitFor(dhara, Duration.ofMillis(until - System.currentTimeMillis()));
    Map<String, Double> after = cpu(broker, dhara, load, watch);
    after.replaceAll((name, seconds) -> seconds - before.get(name));
    // The load continues until the last measured events are in answers.
    waitFor(dhara, Duration.ofSeconds(5));
    load.getOutputStream().close();
    ObjectMapper json = new ObjectMapper();
    Load.Written written = json.readValue(said("load", loads), Load.Written.class);
    tell(watch, written.acknowledged() + "\n");
    if (!watch.waitFor(Math.max(30, measure / 2), TimeUnit.SECONDS)) {
      tell(watch, "x");
    }
    Watch.Seen seen = json.readValue(said("watch", reader(watch)), Watch.Seen.class);
    return new LatencyResult(
        Instant.now().toString().substring(0, 10),
        Machine.here(),
        "dhara freshness " + String.join(" ", asked),
        rate,
        keys,
        warmup,
        measure,
        written,
        seen,
        after);
  }

  private static void create(String broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(EVENTS, Optional.of(4), Optional.empty()),
                  new NewTopic(ANSWERS, Optional.of(4), Optional.empty())))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IOException("the topics cannot be made: " + e.getCause().getMessage(), e);
    }
  }

  /** The arguments of Dhara's command, without places; options of the user take precedence. */
  private List<String> command() {
    return GivenOptions.over(
        List.of(
            "--window=PT1M",
            "--early=PT1S",
            "--lateness=PT0S",
            "--disorder=PT1S",
            "--unique=false",
            "--parallelism=2"),
        options);
  }

  private Process dhara(String broker, Path folder, List<String> asked) throws IOException {
    List<String> flags = new ArrayList<>(bench.flags());
    flags.addAll(ClassPath.FLINK.flags());
    if (jfr != null) {
      flags.add("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + jfr);
    }
    flags.add("-cp");
    flags.add(ClassPath.FLINK.read(bench.module()));
    List<String> arguments = new ArrayList<>();
    arguments.add("freshness");
    arguments.add("--events=kafka://" + broker + "/" + EVENTS);
    arguments.add("--answers=kafka://" + broker + "/" + ANSWERS);
    arguments.add("--stateBackend=filesystem");
    arguments.add("--stateBackendStoragePath=" + folder.toUri());
    arguments.addAll(asked);
    return java("dhara", flags, dhara.tools.Dhara.class, arguments);
  }

  private Process java(String name, List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Duser.timezone=UTC");
    command.addAll(flags);
    command.add(main.getName());
    command.addAll(arguments);
    Path log = log(name);
    Files.createDirectories(log.getParent());
    File out = log.toFile();
    Process process = new ProcessBuilder(command).redirectError(out).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    processes.add(process);
    return process;
  }

  private Path log(String name) {
    return bench.module().resolve("target/logs/latency-" + name + ".log");
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private String said(String name, BufferedReader from) throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IOException("the process " + name + " ended early; " + log(name) + " says why");
    }
    return line;
  }

  private static void tell(Process process, String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  /** Waits, unless Dhara ends. */
  private void waitFor(Process dhara, Duration time) throws InterruptedException, IOException {
    if (dhara.waitFor(Math.max(0, time.toMillis()), TimeUnit.MILLISECONDS)) {
      throw new IOException("Dhara ended early; " + log("dhara") + " says why");
    }
  }

  private static Map<String, Double> cpu(
      BrokerProcess broker, Process dhara, Process load, Process watch) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("Dhara", seconds(dhara));
    seconds.put("broker", broker.cpuNanos() / 1e9);
    seconds.put("writer", seconds(load));
    seconds.put("reader", seconds(watch));
    return seconds;
  }

  private static double seconds(Process process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }
}
