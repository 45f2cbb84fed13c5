package dhara.cli;

import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The one command. Verbs are {@code list}, {@code help}, {@code generate}, {@code replay}, {@code
 * reconcile}, {@code lint}, {@code template}, and the name of every analysis on the class path;
 * without arguments it shows itself at work.
 *
 * <p>Exit codes: 0 done, 1 the run failed or what it compared is not equal, 2 what the user said
 * cannot be done.
 */
public final class Dhara {

  /** What runs where the user says nothing. */
  static final String DEMONSTRATION =
      "order-metrics --events=test-data/orders/orders.jsonl --answers=console?format=table";

  private final Environment environment;

  /** In the order of the overview. */
  private final List<Verb> verbs;

  /**
   * @param console where it speaks
   * @param engine the engine to run on; null where the class path has only one
   * @param jobs builds the pipeline around an analysis
   * @param lines writes events that are generated, or replayed from other formats
   */
  public Dhara(Console console, @Nullable String engine, JobFactory jobs, LineWriter lines) {
    this.environment = new Environment(console, engine, jobs, Analysis.all());
    this.verbs =
        List.of(
            new ListVerb(environment),
            new HelpVerb(console, this::named, this::overview),
            new GenerateVerb(environment, lines),
            new ReplayVerb(environment, lines),
            new LintVerb(environment),
            new TemplateVerb(environment),
            new ReconcileVerb(environment),
            new VersionVerb(environment));
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

  /** Runs the command; everything that it has to say is said, failures too. */
  public int run(String... arguments) {
    boolean verbose = Arrays.asList(arguments).contains("--verbose");
    try {
      return dispatch(List.of(arguments));
    } catch (BadOption e) {
      return told(e, e.getMessage(), verbose, ExitCode.MISUSED);
    } catch (Exception e) {
      return told(e, Failure.line(e), verbose, ExitCode.FAILED);
    }
  }

  private int told(Exception e, String line, boolean verbose, int exit) {
    PrintStream err = environment.console().err();
    err.println(Launcher.NAME + ": " + line);
    if (verbose) {
      e.printStackTrace(err);
    } else if (exit == ExitCode.FAILED) {
      err.println("Run it with --verbose for the whole story.");
    }
    return exit;
  }

  private int dispatch(List<String> arguments) throws Exception {
    if (arguments.isEmpty()) {
      return demonstrate();
    }
    String typed = arguments.get(0);
    Verb verb =
        verbs.stream()
            .filter(each -> each.aliases().contains(typed))
            .findFirst()
            .orElseGet(() -> named(typed));
    return verb.run(arguments.subList(1, arguments.size()));
  }

  /**
   * The verb or the analysis of a name.
   *
   * @throws BadOption where there is neither
   */
  private Verb named(String name) {
    return verbs.stream()
        .filter(verb -> verb.name().equals(name))
        .findFirst()
        .orElseGet(() -> AnalysisVerb.of(environment, environment.analysis(name, words())));
  }

  /** The verbs that are written as words, and not as options. */
  private List<String> words() {
    return verbs.stream().map(Verb::name).filter(name -> !name.startsWith("-")).toList();
  }

  private void overview() {
    String engine = environment.engine().name();
    environment
        .console()
        .out()
        .printf(
            "Usage: %s ANALYSIS --events=URI [--answers=URI] [OPTION...]%n%n"
                + "A file as the source makes a backfill, a topic a stream; both settle on the same"
                + " answers.%n%nAnalyses:%n%s%nVerbs:%n%s%nThis is the %s engine. Exit codes: 0"
                + " done, 1 the run failed or the sets differ, 2 what you said cannot be"
                + " done.%n%nTry:%n%s",
            Launcher.NAME,
            indent(Verb.lines(AnalysisVerb.all(environment))),
            indent(Verb.lines(verbs)),
            engine,
            tryNext(engine));
  }

  private static String indent(String lines) {
    return lines.indent(2);
  }

  private int demonstrate() throws Exception {
    List<String> demonstration = List.of(DEMONSTRATION.split(" "));
    String events = demonstration.get(1).substring("--events=".length());
    if (!environment.analyses().containsKey(demonstration.get(0))
        || !Files.exists(Path.of(events))) {
      overview();
      return ExitCode.DONE;
    }
    Console console = environment.console();
    String engine = environment.engine().name();
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
