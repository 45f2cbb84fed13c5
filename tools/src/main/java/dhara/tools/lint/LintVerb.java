package dhara.tools.lint;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.cli.Verb;
import dhara.engine.EngineSettings;
import dhara.engine.Job;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.run.PipelineCommand;
import dhara.tools.run.Prepared;
import java.io.IOException;
import java.util.List;

/**
 * Builds the pipeline of an analysis, without running it, and reports which steps its engine cannot
 * run, and whether it can resume from another version's state.
 */
public final class LintVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "lint",
          "checks whether its engine can run it",
          "Builds the pipeline of an analysis with its options, without running it, and reports "
              + "which steps the engine cannot run, and whether it can resume from the state of "
              + "another version.");

  public LintVerb(Environment environment) {
    super(environment, WORDS, LintOptions.class);
  }

  @Override
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    if (Verb.helps(arguments)) {
      help(false);
      return ExitCode.DONE;
    }
    Analysis<?> analysis = environment.analysis(this, arguments, "--events=URI");
    return lint(analysis, arguments.subList(1, arguments.size()));
  }

  private <O extends DharaOptions> int lint(Analysis<O> analysis, List<String> rest)
      throws IOException {
    Arguments known =
        Arguments.ofAnalysis(name() + " " + analysis.name(), analysis.options(), LintOptions.class);
    Arguments.Given given = known.parse(rest, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    LintOptions options = known.build(LintOptions.class, given, List.of());
    PipelineCommand command = new PipelineCommand(environment, known, given);
    EngineSettings settings = command.settings();
    Prepared prepared =
        Prepared.toInspect(
            byDhara ->
                environment
                    .jobs()
                    .job(analysis, command.options(analysis.options(), analysis.name(), byDhara)),
            settings);
    Console console = environment.console();
    try (Job built = prepared.job()) {
      boolean refused = command.refused(prepared.findings());
      boolean broken = Fingerprints.compared(analysis.name(), built, options, console);
      if (refused || broken) {
        return ExitCode.MISUSED;
      }
      console
          .out()
          .printf(
              "%s: the %s can run on %s%n",
              analysis.name(), built.bounded() ? "backfill" : "stream", settings.engine().name());
    }
    return ExitCode.DONE;
  }
}
