package dhara.tools.train;

import com.google.auto.service.AutoService;
import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.cli.TypedOption;
import dhara.cli.Verb;
import dhara.cli.VerbFactory;
import dhara.connectors.Endpoint;
import dhara.engine.Job;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Trainable;
import dhara.pipelines.Training;
import dhara.scratch.Scratch;
import dhara.terminal.Console;
import dhara.terminal.Printable;
import dhara.tools.run.PipelineCommand;
import dhara.transforms.model.ModelRelease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Trains a model of an analysis: runs the analysis as a backfill for the rows of features that it
 * would serve the model with, joins them with the labels, learns from the earlier ones, judges on
 * the later ones, and writes a release.
 */
public final class TrainVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "train",
          "a model of it, from labelled history",
          "Trains a model of an analysis on labelled history: learns from the earlier part, judges"
              + " on the later part, and writes the model, its card, its held set and its release."
              + " The features are those that the analysis computes itself, in a backfill. Options"
              + " of the analysis apply.",
          "train fraud --events=payments=payments.jsonl --events=labels=labels.jsonl"
              + " --out=/data/models");

  /** Options that say where a run writes; this one writes what is learned from. */
  private static final Set<String> REPLACED =
      Set.of(
          "answers",
          "deadLetters",
          "late",
          "ledger",
          "compareTo",
          "overwrite",
          "revision",
          "effects",
          "wait");

  private TrainVerb(Environment environment) {
    super(environment, WORDS, TrainOptions.class);
  }

  /** Brings the verb to the command. */
  @AutoService(VerbFactory.class)
  public static final class Factory implements VerbFactory {
    @Override
    public Verb verb(Environment environment) {
      return new TrainVerb(environment);
    }
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    if (Verb.helps(arguments)) {
      help(false);
      return ExitCode.DONE;
    }
    Analysis<?> analysis = environment.analysis(this, arguments, "--events=… --out=DIR");
    if (!(analysis instanceof Trainable trainable)) {
      throw new BadOption(
          analysis.name(),
          null,
          "has no rows of features to train a model on; these have: " + trainable());
    }
    return run(analysis, trainable.training(), arguments.subList(1, arguments.size()));
  }

  private List<String> trainable() {
    return environment.analyses().values().stream()
        .filter(Trainable.class::isInstance)
        .map(Analysis::name)
        .toList();
  }

  private <O extends DharaOptions> int run(
      Analysis<O> analysis, Training<?> training, List<String> rest) throws Exception {
    Arguments known =
        Arguments.ofAnalysis(
            name() + " " + analysis.name(), analysis.options(), TrainOptions.class);
    Arguments.Given given = known.parse(rest, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    try {
      train(analysis, training, known, given);
    } catch (BadOption e) {
      throw given.placed(e);
    }
    return ExitCode.DONE;
  }

  private <O extends DharaOptions> void train(
      Analysis<O> analysis, Training<?> training, Arguments known, Arguments.Given given)
      throws Exception {
    TrainOptions options = known.build(TrainOptions.class, given, List.of());
    Bounds.check(options, TrainOptions.class);
    Trainer trainer = Trainer.of(options);
    ReleaseFiles files = ReleaseFiles.of(options);
    String labels = training.labels().name() + "=";
    if (given.values().getOrDefault("events", List.of()).stream()
        .noneMatch(events -> events.startsWith(labels))) {
      throw new BadOption("--events", null, "names no labels; write --events=" + labels + "URI");
    }
    Path folder = Scratch.ofProcess().folder("train");
    History history;
    try {
      Path answers = folder.resolve("answers");
      backfill(analysis, training, given, answers);
      history = History.read(answers, training);
    } finally {
      Scratch.ofProcess().delete(folder);
    }
    DharaOptions range = known.build(analysis.options(), given, List.of());
    Trained trained = Trained.of(analysis.name(), history, training, range.getUntil(), options);
    Examples held = trained.held().sample(options.getHeldRows(), options.getSeed());
    if (held.positives() == 0) {
      throw new BadOption(
          "--heldRows",
          options.getHeldRows(),
          "is so few that none of them is positive, and no model can be tried on them; give more");
    }
    ModelRelease release = files.release(trained, held, options.getAt());
    ModelCard card =
        new ModelCard(trained, release, trainer.parameters(), options.getCards(), held);
    files.write(trained, held, release, card);
    PrintStream out = Printable.stream(environment.console().out());
    out.print(card.markdown());
    out.println();
    out.println("Wrote " + release.uri());
    out.flush();
    if (options.getPublish() != null) {
      Endpoint releases = Endpoint.of("--publish", options.getPublish());
      environment.console().err().println(Launcher.NAME + ": published at " + releases.uri());
    }
  }

  /** Writes rows and labels into a folder, which it makes. */
  private <O extends DharaOptions> void backfill(
      Analysis<O> analysis, Training<?> training, Arguments.Given given, Path folder)
      throws Exception {
    Map<String, List<String>> values = new LinkedHashMap<>(given.values());
    TypedOption.of(TrainOptions.class).forEach(option -> values.remove(option.name()));
    values.keySet().removeAll(REPLACED);
    values.put("answers", List.of("files:" + folder));
    values.put("deadLetters", List.of("console")); // in the folder nobody could read them
    ByteArrayOutputStream unread = new ByteArrayOutputStream();
    Environment inside =
        new Environment(
            Console.piped(
                new PrintStream(unread, true, StandardCharsets.UTF_8), environment.console().err()),
            environment.engineName(),
            environment.jobs(),
            environment.analyses(),
            Map.of());
    PipelineCommand command =
        new PipelineCommand(
            inside,
            Arguments.ofAnalysis(analysis.name(), analysis.options()),
            new Arguments.Given(values, Map.of(), List.of(), false, false, false, false));
    int exit =
        command.run(
            byDhara ->
                ended(
                    inside
                        .jobs()
                        .job(
                            new LabelledRows<>(analysis, training),
                            command.options(analysis.options(), analysis.name(), byDhara))));
    if (exit != ExitCode.DONE) {
      throw new IOException("the backfill that computes the features has failed");
    }
  }

  private static Job ended(Job job) {
    if (!job.bounded()) {
      job.close();
      throw new BadOption(
          "--events",
          null,
          "is a stream, and a model is trained on a history that ends, such as files or"
              + " kafka://HOST:9092/TOPIC?end=latest; see "
              + Launcher.command("help train"));
    }
    return job;
  }
}
