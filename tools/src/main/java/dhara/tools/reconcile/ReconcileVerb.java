package dhara.tools.reconcile;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.connectors.Endpoint;
import dhara.engine.Job;
import dhara.options.BadOption;
import dhara.terminal.Console;
import dhara.tools.run.PipelineCommand;
import java.util.List;

/** The verb of {@link ReconcileJob}. */
public final class ReconcileVerb implements Verb {

  private static final String NAME = "reconcile";
  private static final String PLACES = "A B";

  private final Environment environment;

  public ReconcileVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String synopsis() {
    return NAME + " " + PLACES;
  }

  @Override
  public String summary() {
    return "two sets of answers, key by key";
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
                        "Compares two sets of answers by key and window, using the highest "
                            + "revision of each, and reports which differences late events and "
                            + "dead letters explain. A and B are files:DIR or "
                            + "kafka://broker:9092/topic. The exit code is 1 if a difference is "
                            + "unexplained."),
                    console));
  }

  @Override
  public Arguments known() {
    return Arguments.ofAnalysis(NAME, PLACES, ReconcileOptions.class);
  }

  @Override
  public boolean changes(List<String> arguments) {
    return false;
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    Arguments known = known();
    Arguments.Given given = known.parse(arguments);
    if (given.help()) {
      help(given.all());
      return ExitCode.DONE;
    }
    List<String> places = given.places();
    if (places.size() != 2) {
      throw new BadOption(
          NAME,
          null,
          "names "
              + (places.size() < 2 ? "fewer" : "more")
              + " than two sets of answers; write reconcile files:A files:B, and options");
    }
    PipelineCommand command = new PipelineCommand(environment, known, given);
    return command.run(
        byDhara -> job(places, command.options(ReconcileOptions.class, NAME, byDhara)));
  }

  private Job job(List<String> places, ReconcileOptions options) {
    String analysis = options.getAnalysis();
    return ReconcileJob.of(
        Endpoint.of("A", places.get(0)),
        Endpoint.of("B", places.get(1)),
        analysis == null ? null : environment.analysis(analysis),
        options);
  }
}
