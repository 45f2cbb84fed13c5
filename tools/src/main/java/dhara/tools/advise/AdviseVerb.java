package dhara.tools.advise;

import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.cli.Verb;
import dhara.engine.EngineSettings;
import dhara.engine.Job;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.terminal.Printable;
import dhara.tools.calibrate.Calibration;
import dhara.tools.calibrate.CalibrationOptions;
import dhara.tools.calibrate.Calibrator;
import dhara.tools.calibrate.Figure;
import dhara.tools.calibrate.Mark;
import dhara.tools.calibrate.StreamShape;
import dhara.tools.calibrate.Unit;
import dhara.tools.generate.LineWriter;
import dhara.tools.run.PipelineCommand;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Advises whether to run an analysis as a stream or as a batch, and on which engine: by {@link
 * ModeRules}, then by what is at hand, then by what was measured.
 */
public final class AdviseVerb extends ToolVerb {

  private static final String EVENTS = "events";

  private static final Words WORDS =
      new Words(
          "advise",
          "stream or batch, on which engine, and why",
          "Advises whether to run an analysis as a stream or as a batch, and on which engine of this"
              + " class path, with its reasons and the command to type. With --events=URI it"
              + " measures with a sample of your own events. Answers in less than a second need a"
              + " stream; otherwise more than 1,000,000 records, a complexity above 0.8 or history"
              + " ask for a batch; anything else is a stream.",
          "advise order-metrics --latency=PT1M --history");

  private final Calibrator calibrator;

  /**
   * The verb.
   *
   * @param lines writes events of a sample that are not JSON
   */
  public AdviseVerb(Environment environment, LineWriter lines) {
    super(environment, WORDS, AdviseOptions.class);
    this.calibrator = new Calibrator(environment, lines);
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    if (Verb.helps(arguments)) {
      help(false);
      return ExitCode.DONE;
    }
    Analysis<?> analysis = environment.analysis(this, arguments, "--latency=PT1M");
    return advise(analysis, arguments.subList(1, arguments.size()));
  }

  private <O extends DharaOptions> int advise(Analysis<O> analysis, List<String> rest)
      throws Exception {
    Arguments known =
        Arguments.ofAnalysis(
            name() + " " + analysis.name(), analysis.options(), AdviseOptions.class);
    Arguments.Given given = known.parse(rest, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    try {
      AdviseOptions options = known.build(AdviseOptions.class, given, List.of());
      Advice advice = advice(analysis, known, given, checked(options));
      PrintStream out = Printable.stream(environment.console().out());
      if (options.getFormat() == CalibrationOptions.Format.json) {
        out.println(advice.json());
      } else {
        advice.lines().forEach(out::println);
      }
      out.flush();
    } catch (BadOption e) {
      throw given.placed(e);
    }
    return ExitCode.DONE;
  }

  private static AdviseOptions checked(AdviseOptions options) {
    Bounds.check(options, AdviseOptions.class);
    Double complexity = options.getComplexity();
    if (complexity != null && !(complexity >= 0 && complexity <= 1)) {
      throw new BadOption("--complexity", complexity, "is not from 0 to 1, e.g. --complexity=0.9");
    }
    return options;
  }

  private <O extends DharaOptions> Advice advice(
      Analysis<O> analysis, Arguments known, Arguments.Given given, AdviseOptions options)
      throws Exception {
    PipelineCommand command = new PipelineCommand(environment, known, given);
    List<String> byDhara = command.settings().arguments(true);
    StreamShape shape =
        StreamShape.of(analysis, command.options(analysis.options(), analysis.name(), byDhara));
    Calibration measured =
        given.values().containsKey(EVENTS)
            ? calibrator.measure(analysis, known, given, AdviseOptions.class, options.getSample())
            : null;
    List<Figure> inputs = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Figure complexity = complexity(options, shape);
    inputs.add(complexity);
    Figure records = records(options, measured, analysis, command);
    if (records == null) {
      notes.add("how many records there are is not known: --records=NUMBER says it");
    } else {
      inputs.add(records);
    }
    ModeRules.Decision decision =
        ModeRules.decide(
            new ModeRules.Situation(
                options.getLatency(), records, complexity, options.getHistory()));
    List<String> why = new ArrayList<>(decision.why());
    Mode mode = decision.mode();
    OptionalDouble perCore = perCore(options, measured, inputs);
    Optional<MonthlyCost> cost = cost(options, perCore, inputs, notes);
    if (cost.isPresent()) {
      Optional<ModeRules.Decision> cheaper = cost.get().instead(decision);
      if (cheaper.isPresent()) {
        why.addAll(cheaper.get().why());
        mode = cheaper.get().mode();
      }
      why.add(cost.get().said(mode));
    }
    EngineChoice engine = EngineChoice.of(mode, records, atHand());
    why.add(engine.why());
    if (measured == null) {
      notes.add("nothing was measured; --events=URI measures with your own events");
    } else {
      busy(measured, mode, records).ifPresent(why::add);
      notes.addAll(measured.doubts());
    }
    return new Advice(
        analysis.name(),
        mode,
        engine.engine(),
        why,
        inputs,
        new TypedCommand(analysis, given, AdviseOptions.class).of(mode, engine.engine()),
        notes);
  }

  private static Figure complexity(AdviseOptions options, StreamShape shape) {
    return options.getComplexity() != null
        ? new Figure("complexity", options.getComplexity(), Unit.SHARE, Mark.GIVEN, "--complexity")
        : new Figure(
            "complexity",
            shape.complexity(),
            Unit.SHARE,
            Mark.MEASURED,
            "of the graph: steps with state %d, inputs %d"
                .formatted(shape.statefulSteps(), shape.inputs()));
  }

  /** How many records there are; null if that is not known. */
  private <O extends DharaOptions> @Nullable Figure records(
      AdviseOptions options,
      @Nullable Calibration measured,
      Analysis<O> analysis,
      PipelineCommand command) {
    if (options.getRecords() != null) {
      return new Figure(
          "records", options.getRecords().doubleValue(), Unit.COUNT, Mark.GIVEN, "--records");
    } else if (measured == null) {
      return null;
    } else if (measured.complete()) {
      return new Figure(
          "records",
          (double) measured.events(),
          Unit.COUNT,
          Mark.MEASURED,
          "all that --events has");
    }
    long bytes = -1;
    if (measured.verbatim() && noTopic(command)) {
      List<String> byDhara = command.settings().arguments(false);
      try (Job job =
          environment
              .jobs()
              .job(analysis, command.options(analysis.options(), analysis.name(), byDhara))) {
        bytes = job.bytes();
      }
    }
    return bytes < 0
        ? null
        : new Figure(
            "records",
            Math.rint(bytes / measured.bytesPerEvent()),
            Unit.COUNT,
            Mark.MEASURED,
            "bytes of the files / bytes of an event in the sample");
  }

  /** Only files know how many bytes they have. */
  private static boolean noTopic(PipelineCommand command) {
    return command.given().values().get(EVENTS).stream().noneMatch(uri -> uri.contains("kafka://"));
  }

  private static OptionalDouble perCore(
      AdviseOptions options, @Nullable Calibration measured, List<Figure> inputs) {
    Figure figure = null;
    if (options.getPerCore() != null) {
      figure =
          new Figure(
              "events a core, backfill",
              options.getPerCore(),
              Unit.EVENTS_PER_SECOND,
              Mark.GIVEN,
              "--perCore");
    } else if (measured != null) {
      figure =
          new Figure(
              "events a core, backfill",
              measured.perCore(),
              Unit.EVENTS_PER_SECOND,
              Mark.MEASURED,
              "over %,d events".formatted(measured.events()));
    }
    if (figure == null) {
      return OptionalDouble.empty();
    }
    inputs.add(figure);
    return OptionalDouble.of(figure.value());
  }

  /** The cost of both modes; empty if there is no budget, or not all that it takes is known. */
  private static Optional<MonthlyCost> cost(
      AdviseOptions options, OptionalDouble perCore, List<Figure> inputs, List<String> notes) {
    if (options.getBudget() == null) {
      return Optional.empty();
    }
    List<String> missing = new ArrayList<>();
    if (options.getRate() == null) {
      missing.add("--rate");
    }
    if (options.getPricePerCoreHour() == null) {
      missing.add("--pricePerCoreHour");
    }
    if (perCore.isEmpty()) {
      missing.add("--events or --perCore");
    }
    if (!missing.isEmpty()) {
      notes.add(
          "the budget was not looked at, because it also takes " + String.join(", ", missing));
      return Optional.empty();
    }
    inputs.add(new Figure("rate", options.getRate(), Unit.EVENTS_PER_SECOND, Mark.GIVEN, "--rate"));
    inputs.add(
        new Figure(
            "price of a core hour",
            options.getPricePerCoreHour(),
            Unit.MONEY,
            Mark.GIVEN,
            "--pricePerCoreHour"));
    inputs.add(MonthlyCost.streamShare());
    inputs.add(MonthlyCost.utilisation());
    return Optional.of(
        MonthlyCost.of(
            options.getRate(),
            perCore.getAsDouble(),
            options.getPricePerCoreHour(),
            options.getBudget()));
  }

  /** How long a batch keeps this machine busy. */
  private static Optional<String> busy(Calibration measured, Mode mode, @Nullable Figure records) {
    if (mode == Mode.STREAM || records == null) {
      return Optional.empty();
    }
    double seconds = records.value() / measured.perCore() / measured.busyCores();
    return Optional.of(
        "on this machine that takes about %s %s, with %.1f cores busy (measured)"
            .formatted(
                Unit.SECONDS.text(seconds),
                measured.startIncluded() ? "with the start of a run" : "beyond the start",
                measured.busyCores()));
  }

  private static List<EngineChoice.AtHand> atHand() {
    return EngineSettings.names().stream()
        .map(name -> new EngineChoice.AtHand(name, EngineSettings.named(name).streams()))
        .toList();
  }
}
