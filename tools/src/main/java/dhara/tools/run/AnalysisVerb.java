package dhara.tools.run;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.engine.Launcher;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Diagram;
import dhara.terminal.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Runs an analysis: its name is the verb. */
public final class AnalysisVerb<O extends DharaOptions> implements Verb {

  private final Environment environment;
  private final Analysis<O> analysis;

  private AnalysisVerb(Environment environment, Analysis<O> analysis) {
    this.environment = environment;
    this.analysis = analysis;
  }

  /** The verb of an analysis. */
  public static AnalysisVerb<?> of(Environment environment, Analysis<?> analysis) {
    return new AnalysisVerb<>(environment, analysis);
  }

  /** The verbs of all analyses, by name. */
  public static List<Verb> all(Environment environment) {
    return environment.analyses().values().stream()
        .<Verb>map(analysis -> of(environment, analysis))
        .toList();
  }

  @Override
  public String name() {
    return analysis.name();
  }

  @Override
  public String summary() {
    return analysis.summary();
  }

  @Override
  public void help(boolean all) {
    List<String> header = new ArrayList<>();
    header.add(analysis.summary() + ".");
    header.add("");
    analysis
        .inputs()
        .forEach(
            in ->
                header.add(
                    "Reads "
                        + in.name()
                        + (in.isReference() ? " (a reference, as of each event's time)" : "")
                        + (in.optional() ? " (may be left out)" : "")
                        + ": "
                        + components(in.type())));
    analysis
        .outputs()
        .forEach(
            out ->
                header.add(
                    "Answers "
                        + out.name()
                        + (out.optional() ? " (not in each run)" : "")
                        + ": "
                        + components(out.key())
                        + ", window_start, window_end, revision, "
                        + components(out.value())));
    header.add("");
    header.add("Try it:");
    tries().forEach(header::add);
    Console console = environment.console();
    String help = known().help(all, environment.setByDhara(), header, console);
    int summaryEnd = help.indexOf("\n\n") + 1;
    console.out().print(help.substring(0, summaryEnd));
    // A line of a picture cannot be wrapped, as the help's lines are.
    Diagram.of(analysis).ifPresent(picture -> console.out().print("\n" + picture + "\n"));
    console.out().print(help.substring(summaryEnd));
  }

  /** Commands that make events up and answer about them. */
  private List<String> tries() {
    String engine = environment.engine().name();
    String made = "/tmp/" + name();
    if (analysis.inputs().size() == 1) {
      return List.of(
          Launcher.command(engine, "generate " + name() + " --count=1000 --out=" + made + ".jsonl"),
          Launcher.command(engine, name() + " --events=" + made + ".jsonl"));
    }
    // One line would be wrapped in the middle, and a shell would take its second half for a
    // command.
    return List.of(
        Launcher.command(engine, "generate " + name() + " --count=1000 --out=" + made),
        Launcher.command(
            engine,
            analysis.inputs().stream()
                .map(in -> " \\\n  --events=%s=%s/%s.jsonl".formatted(in.name(), made, in.name()))
                .collect(Collectors.joining("", name(), ""))));
  }

  /** The components of a record, as columns are named. */
  private static String components(Class<? extends Record> type) {
    return String.join(", ", RecordFields.of(type).names());
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return run(arguments, null);
  }

  /**
   * Runs it within another program.
   *
   * @param host stops the run; null if Ctrl-C does
   */
  public int run(List<String> arguments, @Nullable RunHost host) throws Exception {
    Arguments known = known();
    Arguments.Given given = known.parse(arguments, environment.variables());
    if (given.help()) {
      help(given.all());
      return ExitCode.DONE;
    }
    PipelineCommand command = new PipelineCommand(environment, known, given);
    try {
      return command.run(
          byDhara ->
              environment
                  .jobs()
                  .job(analysis, command.options(analysis.options(), analysis.name(), byDhara)),
          host);
    } catch (BadOption e) {
      throw given.placed(e);
    }
  }

  @Override
  public Arguments known() {
    return Arguments.ofAnalysis(analysis.name(), analysis.options());
  }
}
