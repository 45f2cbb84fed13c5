package dhara.demo;

import dhara.cli.ExitCode;
import dhara.cli.Failure;
import dhara.options.BadOption;
import dhara.scratch.Scratch;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.checkerframework.checker.nullness.qual.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The demonstration, in one process: a broker, a Flink cluster, made-up events of several analyses
 * at their natural pace, their streams, and the serving layer with its dashboard. Each part but the
 * broker and the cluster is a command that a user could type.
 *
 * <pre>
 *   replay ANALYSIS --events=scenario: ─▶ topics ─▶ ANALYSIS, on Flink ─▶ topics ─▶ serve ─▶ browser
 * </pre>
 *
 * <p>The first half hour of events is sent at once and dated before now, so that the pages are full
 * when they open. Some events come out of order, twice, broken, or late.
 *
 * <p>Ctrl-C ends all parts and deletes what they wrote. Exit code 1 if one of them fails, 2 if the
 * demonstration cannot be run as asked.
 */
public final class Demo {

  /** What a demonstration needs to start, and then to go on, in MiB. */
  private static final long SPACE_TO_START = 500;

  private static final long SPACE_TO_GO_ON = 50;

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration ASKING = Duration.ofMillis(500);
  private static final Duration TELLING = Duration.ofSeconds(10);

  private static final List<String> FAULTS =
      List.of(
          "--disorder=PT4S",
          "--duplicates=0.02",
          "--garbage=0.003",
          "--late=0.01",
          "--lateBy=PT90S");

  /**
   * The streams have a few events a second, and share two cores with a browser. So bundles and
   * watermarks, which cost each of their steps something even without events, come twice a second,
   * and not ten times.
   */
  private static final List<String> CALM =
      List.of("--maxBundleTimeMills=500", "--autoWatermarkInterval=500");

  private final Line line;
  private final ProgressLines lines;
  private final Parts parts;
  private final List<Background> commands = new CopyOnWriteArrayList<>();

  /** Why the broker cannot go on; null as long as it can. */
  private final AtomicReference<@Nullable String> halted = new AtomicReference<>();

  private @Nullable DemoCluster cluster;

  private Demo(Line line, ProgressLines lines) {
    this.line = line;
    this.lines = lines;
    this.parts = new Parts(trouble -> lines.say(trouble));
  }

  /** Runs the demonstration until Ctrl-C. */
  public static void main(String... arguments) {
    System.exit(new CommandLine(new Line()).execute(arguments));
  }

  @Command(
      name = "demo",
      description =
          "A broker, Flink, made-up events, streams and the dashboard in one process, until Ctrl-C.",
      sortOptions = false,
      mixinStandardHelpOptions = true)
  private static final class Line implements Callable<Integer> {

    @Option(
        names = "--analyses",
        split = ",",
        paramLabel = "NAME",
        description =
            "Which; by default those of the composed pages, e.g. --analyses=candles,fraud")
    private List<String> analyses = Shown.namesByDefault();

    @Option(names = "--port", defaultValue = "8080", description = "Of the page; 8080 by default")
    private int port;

    @Option(
        names = "--speed",
        defaultValue = "1",
        description = "How many times faster than the wall clock the events pass; 1 by default")
    private double speed;

    @Option(
        names = "--history",
        defaultValue = "PT30M",
        description = "How much is sent at once and dated before now; PT30M by default")
    private Duration history;

    @Option(
        names = "--seed",
        defaultValue = "1",
        description = "Another seed makes other events; 1 by default")
    private long seed;

    @Option(names = "--commands", description = "Print the command that each part is")
    private boolean commands;

    @Override
    public Integer call() throws Exception {
      ProgressLines lines = new ProgressLines(System.out);
      try {
        return new Demo(this, lines).run();
      } catch (BadOption e) {
        System.err.println("demo: " + e.getMessage());
        return ExitCode.MISUSED;
      }
    }
  }

  /** Runs until it fails; Ctrl-C ends the process meanwhile. */
  private int run() throws Exception {
    List<Shown> shown = line.analyses.stream().distinct().map(Shown::of).toList();
    checkPort();
    Path folder = Scratch.ofProcess().folder("demo");
    CountDownLatch over = new CountDownLatch(1);
    Thread starting = Thread.currentThread();
    Thread hook = new Thread(() -> stop(starting, over), "dhara-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      DiskSpace space = new DiskSpace(folder);
      space.check(SPACE_TO_START);
      start(shown, folder, space);
      while (true) {
        check(space);
        Thread.sleep(ASKING.toMillis());
      }
    } catch (Exception e) {
      // When the user ends it, whatever is under way fails somehow.
      if (remove(hook)) {
        lines.say("stopping, because %s".formatted(Failure.line(e)));
        closeAll();
        Scratch.ofProcess().clear();
        // Once more, because a broker without a disk has much to say meanwhile.
        lines.say("failed: %s".formatted(Failure.line(e)));
      }
      return ExitCode.FAILED;
    } finally {
      over.countDown();
    }
  }

  /** Whether the process is not ending already. */
  private static boolean remove(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** After Ctrl-C: closes the parts that have started, waits for the one that starts, cleans up. */
  private void stop(Thread starting, CountDownLatch over) {
    lines.say("stopping");
    starting.interrupt();
    try {
      closeAll();
      if (!over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        lines.say("what was starting has not ended; temporary files are left in its folder");
        return;
      }
      Scratch.ofProcess().clear();
      lines.say("stopped, and all temporary files are deleted");
    } catch (IOException e) {
      lines.say("stopped; temporary files are left: %s".formatted(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops all commands at the same time, because each may have to wait, and closes all parts. */
  private void closeAll() {
    commands.forEach(Background::interrupt);
    parts.close();
  }

  /** Refuses a port that is taken before half a minute is spent on starting the rest. */
  private void checkPort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), line.port));
    } catch (IOException | IllegalArgumentException e) {
      throw new BadOption(
          "--port",
          line.port,
          "cannot be used (" + e.getMessage() + "); take another, e.g. --port=8081",
          e);
    }
  }

  private void start(List<Shown> shown, Path folder, DiskSpace space) throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    lines.say(
        "%d analyses on %d cores; Ctrl-C ends it and deletes what it wrote"
            .formatted(shown.size(), cores));
    Starting together = parts.add("what starts", new Starting(Math.max(2, cores)));
    Future<DemoCluster> starting =
        together.start(
            () -> {
              DemoCluster cluster = DemoCluster.start(shown.size(), folder.resolve("flink"));
              lines.say("Flink at %s".formatted(cluster.address()));
              return parts.add("Flink", cluster);
            });
    DemoBroker broker =
        parts.add(
            "the broker",
            DemoBroker.start(folder.resolve("kafka"), why -> halted.compareAndSet(null, why)));
    lines.say("a broker at kafka://%s".formatted(broker.bootstrap()));
    for (Shown each : shown) {
      broker.createTopics(each);
    }
    DemoCluster flink = Starting.result(starting);
    cluster = flink;
    for (Shown each : shown) {
      inBackground("the replay of " + each.name(), replay(each, broker, folder));
    }
    lines.say(
        "events of %d inputs, the first %s of them at once"
            .formatted(shown.stream().mapToInt(each -> each.inputs().size()).sum(), line.history));
    List<Future<?>> streams = new ArrayList<>();
    for (Shown each : shown) {
      List<String> stream = stream(each, broker);
      show(stream);
      streams.add(
          together.start(
              () -> {
                flink.submit(each.name(), stream);
                lines.say("the stream of %s".formatted(each.name()));
                return each;
              }));
    }
    for (Future<?> stream : streams) {
      Starting.result(stream);
    }
    inBackground("serving", serve(shown, broker, folder));
    URI page = URI.create("http://localhost:" + line.port + "/");
    awaitRows(shown, page, space);
    lines.show(
        "%n         Page:  %s%n         Flink: %s%n         Kafka: kafka://%s%n%n"
            .formatted(page, flink.address(), broker.bootstrap()));
  }

  /** Starts a command that runs until the demonstration ends. */
  private void inBackground(String name, List<String> arguments) {
    show(arguments);
    commands.add(parts.add(name, Background.start(name, arguments)));
  }

  private void show(List<String> arguments) {
    if (line.commands) {
      lines.show("         $ dhara %s%n".formatted(String.join(" ", arguments)));
    }
  }

  /** Made-up events to the topics of the inputs. */
  private List<String> replay(Shown shown, DemoBroker broker, Path folder) {
    return line(
        List.of("replay", shown.name(), "--events=scenario:"),
        broker.topics(shown, "--to"),
        List.of(
            "--startAt=now",
            "--history=" + line.history,
            "--speed=" + line.speed,
            "--seed=" + line.seed,
            "--truth=" + folder.resolve(shown.name() + ".truth.json")),
        FAULTS);
  }

  private List<String> stream(Shown shown, DemoBroker broker) {
    return line(
        List.of(shown.name()),
        broker.topics(shown, "--events"),
        List.of("--answers=" + broker.answers(shown), "--idleAfter=PT5S"),
        CALM,
        // Faster events are soon ahead of the clock.
        line.speed > 1 ? List.of("--maxSkew=P3650D") : List.of(),
        shown.options());
  }

  private List<String> serve(List<Shown> shown, DemoBroker broker, Path folder) {
    return line(
        List.of("serve"),
        shown.stream().map(each -> each.name() + "=" + broker.answers(each)).toList(),
        List.of("--data=" + folder.resolve("serving"), "--port=" + line.port));
  }

  @SafeVarargs
  private static List<String> line(List<String>... parts) {
    List<String> line = new ArrayList<>();
    for (List<String> part : parts) {
      line.addAll(part);
    }
    return line;
  }

  /** Waits until there are answers of each analysis. */
  private void awaitRows(List<Shown> shown, URI page, DiskSpace space) throws Exception {
    ServedRows served = new ServedRows(page);
    Duration deadline = lines.since().plus(PATIENCE);
    Duration told = lines.since();
    Map<String, Long> rows = Map.of();
    while (!rows.keySet().containsAll(shown.stream().map(Shown::name).toList())) {
      check(space);
      if (lines.since().compareTo(deadline) > 0) {
        throw new IllegalStateException(
            "after " + PATIENCE + " there are answers only of " + rows.keySet());
      } else if (lines.since().compareTo(told.plus(TELLING)) > 0) {
        lines.say("answers of %d of %d analyses".formatted(rows.size(), shown.size()));
        told = lines.since();
      }
      Thread.sleep(ASKING.toMillis());
      rows = served.byAnalysis();
    }
    lines.say("%,d answers".formatted(rows.values().stream().mapToLong(Long::longValue).sum()));
  }

  /**
   * Checks that all parts run.
   *
   * @throws IllegalStateException if one has ended
   */
  private void check(DiskSpace space) throws IOException, InterruptedException {
    String why = halted.get();
    if (why != null) {
      throw new IllegalStateException(why);
    }
    space.check(SPACE_TO_GO_ON);
    for (Background command : commands) {
      command.checkRunning();
    }
    if (cluster != null) {
      cluster.checkRunning();
    }
  }
}
