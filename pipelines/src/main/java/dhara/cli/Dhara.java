package dhara.cli;

import dhara.io.Endpoint;
import dhara.lint.Finding;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.ReleaseInfo;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The one command. Verbs are {@code list}, {@code help}, {@code generate}, {@code replay}, {@code
 * reconcile}, {@code lint}, and the name of every analysis on the class path; without arguments it
 * shows itself at work.
 *
 * <p>Exit codes: 0 done, 1 the run failed or what it compared is not equal, 2 what the user said
 * cannot be done.
 */
public final class Dhara {

  /** What runs where the user says nothing. */
  static final String DEMONSTRATION =
      "order-metrics --events=test-data/orders/orders.jsonl --answers=console?format=table";

  private static final String REPLAY =
      "replay order-metrics --events=test-data/orders/orders.jsonl"
          + " --to=kafka://localhost:9092/orders?partitions=4 --speed=60 --disorder=PT8S --late=0.02";

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final String RECONCILE = "reconcile";
  private static final Set<String> VERBS =
      Set.of("list", "help", "generate", "replay", "lint", RECONCILE);

  private final Console console;
  private final @Nullable String engine;
  private final JobFactory jobs;
  private final Generate generate;
  private final Replay replay;
  private final SortedMap<String, Analysis<?>> analyses = Analysis.all();

  /**
   * @param console where it speaks
   * @param engine the engine to run on; null where the class path has only one
   * @param jobs builds the pipeline around an analysis
   * @param lines writes events that are generated, or replayed from other formats
   */
  public Dhara(Console console, @Nullable String engine, JobFactory jobs, LineWriter lines) {
    this.console = console;
    this.engine = engine;
    this.jobs = jobs;
    this.generate = new Generate(lines);
    this.replay = new Replay(lines);
  }

  /** Runs the command, and ends the process with its exit code. */
  public static void main(String... arguments) {
    Logs.configure(Arrays.asList(arguments).contains("--verbose"));
    // JSON is UTF-8, and so is what is piped on, whatever the locale: a container often has none.
    System.setOut(utf8(FileDescriptor.out));
    System.setErr(utf8(FileDescriptor.err));
    int exit = on(Console.ofProcess()).run(arguments);
    System.exit(exit);
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13),
        true,
        StandardCharsets.UTF_8);
  }

  /** The command as a process has it, with every analysis and engine of the class path. */
  public static Dhara on(Console console) {
    return Wiring.dhara(console, null);
  }

  /** The same on one of the several engines of a class path. */
  public static Dhara on(Console console, String engine) {
    return Wiring.dhara(console, engine);
  }

  private Engine engine() {
    return engine == null ? EngineSettings.found() : EngineSettings.named(engine);
  }

  /** Runs the command; everything that it has to say is said, failures too. */
  public int run(String... arguments) {
    boolean verbose = Arrays.asList(arguments).contains("--verbose");
    try {
      return dispatch(List.of(arguments));
    } catch (BadOption e) {
      return misused(e, verbose);
    } catch (Exception e) {
      return failed(e, verbose);
    }
  }

  private int misused(BadOption e, boolean verbose) {
    return told(e, e.getMessage(), verbose, MISUSED);
  }

  private int failed(Exception e, boolean verbose) {
    return told(e, Failure.line(e), verbose, FAILED);
  }

  private int told(Exception e, String line, boolean verbose, int exit) {
    console.err().println(Launcher.NAME + ": " + line);
    if (verbose) {
      e.printStackTrace(console.err());
    } else if (exit == FAILED) {
      console.err().println("Run it with --verbose for the whole story.");
    }
    return exit;
  }

  private int dispatch(List<String> arguments) throws Exception {
    if (arguments.isEmpty()) {
      return demonstrate();
    }
    String verb = arguments.get(0);
    List<String> rest = arguments.subList(1, arguments.size());
    switch (verb) {
      case "list" -> list(rest);
      case "help", "--help", "-h" -> help(rest);
      case "--version", "-V" -> version();
      case "generate" -> generate(rest);
      case "replay" -> replay(rest);
      case "lint" -> {
        return lint(rest);
      }
      case RECONCILE -> {
        return reconcile(rest);
      }
      default -> {
        return analyse(analysis(verb, VERBS), rest);
      }
    }
    return DONE;
  }

  private Analysis<?> analysis(String name, Set<String> verbs) {
    Analysis<?> analysis = analyses.get(name);
    if (analysis == null) {
      Set<String> known = new TreeSet<>(analyses.keySet());
      known.addAll(verbs);
      throw new BadOption(
          name,
          null,
          "is no analysis"
              + (verbs.isEmpty() ? "" : " or verb")
              + "."
              + Nearest.question(name, known)
              + " '"
              + Launcher.NAME
              + " list' shows the analyses.");
    }
    return analysis;
  }

  private void list(List<String> arguments) {
    if (!arguments.isEmpty()) {
      throw new BadOption(arguments.get(0), null, "'list' takes no arguments");
    }
    console.out().print(table(analyses.values().stream().map(a -> row(a)).toList()));
  }

  private static List<String> row(Analysis<?> analysis) {
    return List.of(analysis.name(), analysis.summary());
  }

  private static String table(List<List<String>> rows) {
    int width = rows.stream().mapToInt(row -> row.get(0).length()).max().orElse(0);
    return rows.stream()
        .map(row -> ("%-" + width + "s  %s%n").formatted(row.get(0), row.get(1)))
        .collect(Collectors.joining());
  }

  private void version() {
    Properties properties = new Properties();
    try (InputStream in = Dhara.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.properties", e);
    }
    console
        .out()
        .println(
            Launcher.NAME
                + " "
                + properties.getProperty("version")
                + ", Beam "
                + ReleaseInfo.getReleaseInfo().getVersion()
                + ", engine "
                + engine().name());
  }

  private void help(List<String> arguments) {
    boolean all = arguments.contains("--all");
    List<String> topics = arguments.stream().filter(a -> !a.equals("--all")).toList();
    if (topics.isEmpty()) {
      overview();
      return;
    }
    switch (topics.get(0)) {
      case "list" -> console.out().println(Launcher.NAME + " list: the analyses, one per line");
      case "help" -> console.out().println(Launcher.NAME + " help [ANALYSIS|VERB] [--all]");
      case "generate" -> helpGenerate();
      case "replay" -> helpReplay();
      case "lint" -> helpLint();
      case RECONCILE -> helpReconcile(all);
      default -> help(analysis(topics.get(0), VERBS), all);
    }
  }

  private void overview() {
    String engine = engine().name();
    console
        .out()
        .printf(
            "Usage: %s ANALYSIS --events=URI [--answers=URI] [OPTION...]%n%n"
                + "A file as the source makes a backfill, a topic a stream; both settle on the same"
                + " answers.%n%nAnalyses:%n%s%nVerbs:%n%s%nThis is the %s engine. Exit codes: 0"
                + " done, 1 the run failed or the sets differ, 2 what you said cannot be"
                + " done.%n%nTry:%n%s",
            Launcher.NAME,
            indent(table(analyses.values().stream().map(a -> row(a)).toList())),
            indent(
                table(
                    List.of(
                        List.of("list", "the analyses, one per line"),
                        List.of("help ANALYSIS [--all]", "its options; --all: the engine's too"),
                        List.of("generate ANALYSIS", "a file of its events, with planted faults"),
                        List.of("replay ANALYSIS", "files to a topic, at any speed, with faults"),
                        List.of("lint ANALYSIS", "what its engine could not run of it"),
                        List.of("reconcile A B", "two sets of answers, key by key"),
                        List.of("--version", "the versions")))),
            engine,
            tryNext(engine));
  }

  private static String indent(String lines) {
    return lines.indent(2);
  }

  private void help(Analysis<?> analysis, boolean all) {
    List<String> header = new ArrayList<>();
    header.add(analysis.summary() + ".");
    header.add("");
    analysis
        .inputs()
        .forEach(in -> header.add("Reads " + in.name() + ": " + components(in.type())));
    analysis
        .outputs()
        .forEach(
            out ->
                header.add(
                    "Answers "
                        + out.name()
                        + ": "
                        + components(out.key())
                        + ", window, "
                        + components(out.value())));
    Arguments arguments = Arguments.ofAnalysis(analysis.name(), analysis.options());
    Map<String, String> set = EngineSettings.of(engine(), Map.of(), List.of()).byDhara();
    console.out().print(arguments.help(all, set, header, console.colour()));
  }

  private static String components(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> component.getName())
        .collect(Collectors.joining(", "));
  }

  private void helpGenerate() {
    console
        .out()
        .print(
            Arguments.ofVerb("generate ANALYSIS", GenerateOptions.class)
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Writes seeded events of an analysis as JSON lines, with faults planted"
                            + " among them, and what was planted to FILE.truth.json."),
                    console.colour()));
  }

  private void helpReplay() {
    String engine = engine().name();
    console
        .out()
        .print(
            Arguments.ofVerb("replay ANALYSIS", ReplayOptions.class)
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Sends files of events to a topic, N times as fast as they happened or as"
                            + " fast as it goes, with seeded faults that are off until they are"
                            + " asked for, and writes what was sent to a file of truth. E.g.",
                        Launcher.command(engine, REPLAY)),
                    console.colour()));
  }

  private void helpReconcile(boolean all) {
    Map<String, String> set = EngineSettings.of(engine(), Map.of(), List.of()).byDhara();
    console
        .out()
        .print(
            Arguments.ofAnalysis(RECONCILE + " A B", ReconcileOptions.class)
                .help(
                    all,
                    set,
                    List.of(
                        "Compares two sets of answers by key and window, on the highest revision of"
                            + " each, and says which differences late events and dead letters"
                            + " explain. A and B are files:DIR or kafka://broker:9092/topic. Exit"
                            + " code 1 where a difference is left unexplained."),
                    console.colour()));
  }

  private void generate(List<String> arguments) throws IOException {
    verb(
        "generate",
        "--count=1000",
        GenerateOptions.class,
        arguments,
        this::helpGenerate,
        (analysis, options) -> generate.run(analysis, options, console));
  }

  private void replay(List<String> arguments) throws IOException {
    verb(
        "replay",
        "--events=FILES --to=kafka://broker:9092/topic",
        ReplayOptions.class,
        arguments,
        this::helpReplay,
        (analysis, options) -> replay.run(analysis, options, console));
  }

  /** What a verb does with an analysis. */
  @FunctionalInterface
  private interface Action<O> {
    void run(Analysis<?> analysis, O options) throws IOException;
  }

  private <O extends PipelineOptions> void verb(
      String verb,
      String example,
      Class<O> type,
      List<String> arguments,
      Runnable help,
      Action<O> action)
      throws IOException {
    if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
      help.run();
      return;
    }
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadOption(verb, null, "names no analysis; write " + verb + " ANALYSIS " + example);
    }
    Analysis<?> analysis = analysis(arguments.get(0), Set.of());
    Arguments known = Arguments.ofVerb(verb, type);
    Arguments.Given given = known.parse(arguments.subList(1, arguments.size()));
    if (given.help()) {
      help.run();
    } else {
      action.run(analysis, known.build(type, given, List.of()));
    }
  }

  private <O extends DharaOptions> int analyse(Analysis<O> analysis, List<String> rest)
      throws Exception {
    Arguments known = Arguments.ofAnalysis(analysis.name(), analysis.options());
    Arguments.Given given = known.parse(rest);
    if (given.help()) {
      help(analysis, given.all());
      return DONE;
    }
    return run(
        known,
        given,
        byDhara ->
            jobs.job(
                analysis, options(analysis.options(), analysis.name(), known, given, byDhara)));
  }

  private int reconcile(List<String> arguments) throws Exception {
    Arguments known = Arguments.ofAnalysis(RECONCILE, ReconcileOptions.class);
    int places = 0;
    while (places < arguments.size() && !arguments.get(places).startsWith("-")) {
      places++;
    }
    Arguments.Given given = known.parse(arguments.subList(places, arguments.size()));
    if (given.help()) {
      helpReconcile(given.all());
      return DONE;
    }
    if (places != 2) {
      throw new BadOption(
          RECONCILE,
          null,
          "names "
              + (places < 2 ? "fewer" : "more")
              + " than two sets of answers; write reconcile files:A files:B, options after them");
    }
    return run(
        known,
        given,
        byDhara -> {
          ReconcileOptions options =
              options(ReconcileOptions.class, RECONCILE, known, given, byDhara);
          return ReconcileJob.of(
              Endpoint.of("A", arguments.get(0)),
              Endpoint.of("B", arguments.get(1)),
              options.getAnalysis() == null ? null : analysis(options.getAnalysis(), Set.of()),
              options);
        });
  }

  private int run(Arguments known, Arguments.Given given, Prepared.Maker maker) throws Exception {
    EngineSettings settings = EngineSettings.of(engine(), given.values(), known.beam(given));
    if (given.explain()) {
      settings.explain().forEach(console.out()::println);
      return DONE;
    }
    Prepared prepared = Prepared.toRun(maker, settings);
    if (told(prepared.findings())) {
      prepared.job().close();
      return MISUSED;
    }
    boolean wait = !given.values().containsKey("templateLocation");
    try (Job running = prepared.job()) {
      Run.toTheEnd(running, wait, console);
      return wait ? running.exit() : DONE;
    }
  }

  /** Tells a line for each finding; whether one of them refuses the pipeline. */
  private boolean told(List<Finding> findings) {
    findings.forEach(finding -> console.err().println(Launcher.NAME + ": " + finding));
    return Finding.refuses(findings);
  }

  private int lint(List<String> arguments) throws IOException {
    if (arguments.equals(List.of("--help")) || arguments.equals(List.of("-h"))) {
      helpLint();
      return DONE;
    }
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadOption("lint", null, "names no analysis; write lint ANALYSIS --events=URI");
    }
    return lint(analysis(arguments.get(0), Set.of()), arguments.subList(1, arguments.size()));
  }

  private <O extends DharaOptions> int lint(Analysis<O> analysis, List<String> rest)
      throws IOException {
    Arguments known =
        Arguments.ofAnalysis("lint " + analysis.name(), analysis.options(), LintOptions.class);
    Arguments.Given given = known.parse(rest);
    if (given.help()) {
      helpLint();
      return DONE;
    }
    LintOptions options = known.build(LintOptions.class, given, List.of());
    EngineSettings settings = EngineSettings.of(engine(), given.values(), known.beam(given));
    Prepared prepared =
        Prepared.toInspect(
            byDhara ->
                jobs.job(
                    analysis, options(analysis.options(), analysis.name(), known, given, byDhara)),
            settings);
    try (Job built = prepared.job()) {
      boolean refused = told(prepared.findings());
      boolean broken = Fingerprints.compared(analysis.name(), built, options, console);
      if (refused || broken) {
        return MISUSED;
      }
      console
          .out()
          .printf(
              "%s: the %s can run on %s%n",
              analysis.name(), built.bounded() ? "backfill" : "stream", settings.engine().name());
    }
    return DONE;
  }

  private void helpLint() {
    console
        .out()
        .print(
            Arguments.ofVerb("lint ANALYSIS", LintOptions.class)
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Builds the pipeline of an analysis with its options, and says what the"
                            + " engine could not run of it, and whether it can go on from the state"
                            + " of another version; runs nothing."),
                    console.colour()));
  }

  private static <O extends PipelineOptions> O options(
      Class<O> type, String name, Arguments known, Arguments.Given given, List<String> byDhara) {
    List<String> all = new ArrayList<>(known.beam(given));
    all.addAll(byDhara);
    O options = known.build(type, given, all);
    if (!given.values().containsKey("appName")) {
      options.as(ApplicationNameOptions.class).setAppName(name);
    }
    return options;
  }

  private int demonstrate() throws Exception {
    List<String> demonstration = List.of(DEMONSTRATION.split(" "));
    String events = demonstration.get(1).substring("--events=".length());
    if (!analyses.containsKey(demonstration.get(0)) || !Files.exists(Path.of(events))) {
      overview();
      return DONE;
    }
    String engine = engine().name();
    console.err().println("$ " + Launcher.command(engine, DEMONSTRATION));
    int exit = dispatch(demonstration);
    console.err().flush();
    console.out().printf("%nTry next:%n%s", tryNext(engine));
    return exit;
  }

  private static String tryNext(String engine) {
    return indent(
        Stream.of(
                "list",
                "help order-metrics",
                "candles --events=test-data/trades/trades.jsonl --window=PT5M",
                "order-metrics --events=test-data/orders/orders.jsonl"
                    + " --answers=files:target/answers?format=csv",
                "order-metrics --events=kafka://localhost:9092/orders --early=PT1S")
            .map(arguments -> Launcher.command(engine, arguments) + System.lineSeparator())
            .collect(Collectors.joining()));
  }
}
