package dhara.tools.plan;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.cli.Verb;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.options.LatenessOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Printable;
import dhara.tools.calibrate.Calibration;
import dhara.tools.calibrate.CalibrationOptions;
import dhara.tools.calibrate.Calibrator;
import dhara.tools.calibrate.StreamShape;
import dhara.tools.generate.LineWriter;
import dhara.tools.run.PipelineCommand;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * Plans the stream of an analysis: partitions, workers, state, checkpoints, machines and cost for a
 * rate of events, from what a sample of the user's events takes on this machine.
 */
public final class PlanVerb extends ToolVerb {

  private static final String EVENTS = "events";

  private static final Words WORDS =
      new Words(
          "plan",
          "workers, state and cost of its stream at a rate",
          "Plans the stream of an analysis: partitions, workers, state, checkpoints, machines and"
              + " cost for a rate of events. With --events=URI it measures with a sample of your own"
              + " events on this machine. Each number that the plan rests on is marked as measured,"
              + " given or assumed. Options of the analysis, such as --window, apply.",
          "plan order-metrics --rate=100000"
              + " --events=test-data/order-metrics/orders.jsonl --past=P21D");

  private final Calibrator calibrator;

  /**
   * The verb.
   *
   * @param lines writes events of a sample that are not JSON
   */
  public PlanVerb(Environment environment, LineWriter lines) {
    super(environment, WORDS, PlanOptions.class);
    this.calibrator = new Calibrator(environment, lines);
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    if (Verb.helps(arguments)) {
      help(false);
      return ExitCode.DONE;
    }
    Analysis<?> analysis = environment.analysis(this, arguments, "--rate=100000");
    return plan(analysis, arguments.subList(1, arguments.size()));
  }

  private <O extends DharaOptions> int plan(Analysis<O> analysis, List<String> rest)
      throws Exception {
    Arguments known =
        Arguments.ofAnalysis(name() + " " + analysis.name(), analysis.options(), PlanOptions.class);
    Arguments.Given given = known.parse(rest, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    try {
      plan(analysis, known, given);
    } catch (BadOption e) {
      throw given.placed(e);
    }
    return ExitCode.DONE;
  }

  private <O extends DharaOptions> void plan(
      Analysis<O> analysis, Arguments known, Arguments.Given given) throws Exception {
    PlanOptions options = known.build(PlanOptions.class, given, List.of());
    Bounds.check(options, PlanOptions.class);
    if (options.getRate() == null && options.getCounts() == null) {
      throw new BadOption(
          "--rate",
          null,
          "is missing; give events a second, e.g. --rate=100000, or past counts, e.g."
              + " --counts=/tmp/counts.csv");
    }
    HourlyCounts history =
        options.getCounts() == null ? null : HourlyCounts.read("--counts", options.getCounts());
    PipelineCommand command = new PipelineCommand(environment, known, given);
    O own =
        command.options(analysis.options(), analysis.name(), command.settings().arguments(true));
    StreamShape shape = StreamShape.of(analysis, own);
    Calibration measured =
        given.values().containsKey(EVENTS)
            ? calibrator.measure(analysis, known, given, PlanOptions.class, options.getSample())
            : null;
    Duration lateness = own instanceof LatenessOptions late ? late.getLateness() : Duration.ZERO;
    StreamPlan plan =
        StreamPlan.of(
            analysis.name(),
            options,
            given.values().keySet(),
            measured,
            history,
            shape,
            new StreamPlan.Settings(lateness, own.getUnique()));
    PrintStream out = Printable.stream(environment.console().out());
    if (options.getFormat() == CalibrationOptions.Format.json) {
      out.println(PlanPrinter.json(plan));
    } else {
      PlanPrinter.text(plan).forEach(out::println);
    }
    out.flush();
  }
}
