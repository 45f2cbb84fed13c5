package dhara.tools;

import dhara.cli.AuditLog;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.cli.VerbFactory;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.terminal.Console;
import dhara.tools.advise.AdviseVerb;
import dhara.tools.asof.AsOfVerb;
import dhara.tools.deploy.DeployVerb;
import dhara.tools.generate.GenerateVerb;
import dhara.tools.generate.LineWriter;
import dhara.tools.help.CompletionVerb;
import dhara.tools.help.HelpVerb;
import dhara.tools.help.ListVerb;
import dhara.tools.help.VersionVerb;
import dhara.tools.lint.LintVerb;
import dhara.tools.plan.PlanVerb;
import dhara.tools.reconcile.ReconcileVerb;
import dhara.tools.redrive.RedriveVerb;
import dhara.tools.replay.ReplayVerb;
import dhara.tools.run.AnalysisVerb;
import dhara.tools.template.TemplateVerb;
import dhara.tools.unseal.UnsealVerb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The verbs of the command, among them the name of every analysis, found by the first word that the
 * user types.
 */
final class Verbs {

  /** What runs if the user gives no arguments. */
  static final String DEMONSTRATION =
      "order-metrics --events=test-data/order-metrics/orders.jsonl --answers=console?format=table";

  private static final int INDENT = 2;

  private final Environment environment;

  /** In the order of the overview. */
  private final List<Verb> verbs = new ArrayList<>();

  private Verbs(Environment environment) {
    this.environment = environment;
  }

  /**
   * All verbs.
   *
   * @param lines writes events that are generated, or replayed from other formats
   * @throws BadOption if an analysis has the name of a verb
   */
  static Verbs of(Environment environment, LineWriter lines) {
    Verbs all = new Verbs(environment);
    all.verbs.addAll(
        List.of(
            new ListVerb(environment),
            new HelpVerb(environment.console(), all::named, all::overview),
            new GenerateVerb(environment, lines),
            new ReplayVerb(environment, lines),
            new LintVerb(environment),
            new TemplateVerb(environment),
            new DeployVerb(environment),
            new ReconcileVerb(environment),
            new AsOfVerb(environment),
            new RedriveVerb(environment, lines),
            new AdviseVerb(environment, lines),
            new PlanVerb(environment, lines),
            new UnsealVerb(environment),
            new CompletionVerb(environment, all::inWords),
            new VersionVerb(environment)));
    for (VerbFactory factory : ServiceLoader.load(VerbFactory.class)) {
      all.verbs.add(factory.verb(environment));
    }
    for (String word : all.words()) {
      if (environment.analyses().containsKey(word)) {
        throw new BadOption(
            environment.analyses().get(word).getClass().getName(),
            null,
            "is named " + word + ", as the verb is; give it another name");
      }
    }
    return all;
  }

  /**
   * Runs what the arguments ask for; without any, the demonstration.
   *
   * @return the exit code
   * @throws BadOption if they begin with neither a verb nor an analysis
   * @throws Exception if the verb fails
   */
  int run(List<String> arguments) throws Exception {
    if (arguments.isEmpty()) {
      return demonstrate();
    }
    String typed = arguments.get(0);
    Verb verb =
        verbs.stream()
            .filter(each -> each.aliases().contains(typed))
            .findFirst()
            .orElseGet(() -> named(typed));
    List<String> rest = arguments.subList(1, arguments.size());
    return AuditLog.of(rest, environment.variables()).run(verb, rest);
  }

  /**
   * The verb or the analysis with this name.
   *
   * @throws BadOption if there is neither
   */
  private Verb named(String name) {
    return verbs.stream()
        .filter(verb -> verb.name().equals(name))
        .findFirst()
        .orElseGet(() -> analysis(name));
  }

  private Verb analysis(String name) {
    if (name.startsWith("-")) {
      throw new BadOption(
          name.replaceFirst("=.*", ""),
          null,
          "stands where the analysis or the verb does; it follows it: "
              + Launcher.command("ANALYSIS --events=URI"));
    }
    if (VerbFactory.ELSEWHERE.containsKey(name)) {
      throw new BadOption(
          name,
          null,
          "is not on this class path; build and run with " + VerbFactory.ELSEWHERE.get(name));
    }
    return AnalysisVerb.of(environment, environment.analysis(name, words()));
  }

  /** The verbs that are words and not options. */
  private List<Verb> inWords() {
    return verbs.stream().filter(verb -> !verb.name().startsWith("-")).toList();
  }

  private List<String> words() {
    return inWords().stream().map(Verb::name).toList();
  }

  private void overview() {
    String engine = environment.engine().name();
    int columns = environment.console().columns() - INDENT;
    environment
        .console()
        .out()
        .printf(
            "Usage: %s ANALYSIS --events=URI [--answers=URI] [OPTION...]%n%n"
                + "A file as the source makes a backfill, a topic a stream;%n"
                + "both settle on the same answers.%n%nAnalyses:%n%s%nVerbs:%n%s%n"
                + "This is the %s engine. Exit codes: 0 done, 1 the run failed or the%n"
                + "sets differ, 2 what you said cannot be done.%n%nTry:%n%s",
            Launcher.NAME,
            indent(Verb.lines(AnalysisVerb.all(environment), columns)),
            indent(Verb.lines(verbs, columns)),
            engine,
            tryNext(engine));
  }

  private static String indent(String lines) {
    return lines.indent(INDENT);
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
    int exit = run(demonstration);
    console.err().flush();
    console.out().printf("%nTry next:%n%s", tryNext(engine));
    return exit;
  }

  private static String tryNext(String engine) {
    return indent(
        Stream.of(
                "list",
                "help order-metrics",
                "candles --events=test-data/candles/trades.jsonl --window=PT5M",
                "order-metrics --events=test-data/order-metrics/orders.jsonl"
                    + " --answers=files:target/answers?format=csv",
                "order-metrics --events=kafka://localhost:9092/orders --early=PT1S")
            .map(arguments -> Launcher.command(engine, arguments) + System.lineSeparator())
            .collect(Collectors.joining()));
  }
}
