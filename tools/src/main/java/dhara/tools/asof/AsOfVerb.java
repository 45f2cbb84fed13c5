package dhara.tools.asof;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.options.BadOption;
import dhara.terminal.Console;
import dhara.tools.run.PipelineCommand;
import java.util.List;

/** The verb of {@link AsOfJob}. */
public final class AsOfVerb implements Verb {

  private static final String NAME = "asof";

  private final Environment environment;

  public AsOfVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String synopsis() {
    return NAME + " " + ANALYSIS;
  }

  @Override
  public String summary() {
    return "the answers that were in force at given times";
  }

  @Override
  public void help(boolean all) {
    Console console = environment.console();
    console
        .out()
        .print(
            known()
                .help(
                    all,
                    environment.setByDhara(),
                    List.of(
                        "For each row of --entities, finds the settled answer that was in force"
                            + " at its time: the last one whose window had ended, if it had not"
                            + " expired. So a model is trained on what it would have been told,"
                            + " and on nothing that came later."),
                    console));
  }

  @Override
  public Arguments known() {
    return Arguments.ofAnalysis(NAME, ANALYSIS, AsOfOptions.class);
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    Arguments known = known();
    Arguments.Given given = known.parse(arguments);
    if (given.help()) {
      help(given.all());
      return ExitCode.DONE;
    }
    if (given.places().size() != 1) {
      throw new BadOption(
          NAME,
          null,
          "takes one analysis, not "
              + given.places().size()
              + "; write asof ANALYSIS --entities=URI --history=URI");
    }
    PipelineCommand command = new PipelineCommand(environment, known, given);
    return command.run(
        byDhara ->
            AsOfJob.of(
                environment.analysis(given.places().get(0)),
                command.options(AsOfOptions.class, NAME, byDhara)));
  }
}
