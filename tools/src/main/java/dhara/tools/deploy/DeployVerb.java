package dhara.tools.deploy;

import dhara.assembly.Outline;
import dhara.cli.Arguments;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.cli.Verb;
import dhara.engine.Engine;
import dhara.lint.GraphLint;
import dhara.options.BadOption;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.scratch.WholeFile;
import dhara.tools.run.PipelineCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes what runs an analysis on Kubernetes: its manifests, and a script that creates its topics.
 * Its options are checked as in a run, but no server is asked.
 */
public final class DeployVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "deploy",
          "its files for Kubernetes",
          "Writes the manifests of an analysis for Kubernetes, and a script that creates its"
              + " topics. Its own options follow those below; they are checked as in a run. No"
              + " server is asked.",
          "deploy order-metrics --target=flink-operator --image=IMAGE --storage=s3://BUCKET/dhara"
              + " --out=DIR --events=kafka://BROKER:9092/orders"
              + " --answers=kafka://BROKER:9092/metrics");

  private static final String EXAMPLE =
      "--target=flink-operator --events=URI --answers=URI --out=DIR";

  public DeployVerb(Environment environment) {
    super(environment, WORDS, DeployOptions.class);
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    if (Verb.helps(arguments)) {
      help(false);
      return ExitCode.DONE;
    }
    Analysis<?> analysis = environment.analysis(this, arguments, EXAMPLE);
    return deploy(analysis, arguments.subList(1, arguments.size()));
  }

  private <O extends DharaOptions> int deploy(Analysis<O> analysis, List<String> rest)
      throws IOException {
    Arguments known =
        Arguments.ofAnalysis(
            name() + " " + analysis.name(), analysis.options(), DeployOptions.class);
    Arguments.Given given = known.parse(rest, environment.variables());
    if (given.help()) {
      help(false);
      return ExitCode.DONE;
    }
    try {
      DeployOptions options = known.build(DeployOptions.class, given, List.of());
      Bounds.check(options, DeployOptions.class);
      Path folder = folder(options);
      JobArguments.check(options.getTarget(), given);
      checkEngine(options.getTarget(), known.beam(given));
      PipelineCommand command = new PipelineCommand(environment, known, given);
      O run =
          command.options(analysis.options(), analysis.name(), command.settings().arguments(false));
      Outline outline = Outline.of(analysis, run);
      Deployment deployment = Deployment.of(analysis, given, options, run, outline);
      if (isEngineOf(options.getTarget()) && refuses(command, outline)) {
        return ExitCode.MISUSED;
      }
      Map<String, String> files = DeployedFiles.of(deployment);
      checkNew(folder, files, options.getReplace());
      write(folder, files);
      environment.console().out().print(NextCommands.of(deployment, folder, files.keySet()));
      return ExitCode.DONE;
    } catch (BadOption e) {
      throw given.placed(e);
    }
  }

  private static Path folder(DeployOptions options) {
    try {
      Path folder = Path.of(options.getOut());
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new BadOption("--out", options.getOut(), "is a file; name a folder");
      }
      return folder;
    } catch (InvalidPathException e) {
      throw new BadOption("--out", options.getOut(), "is no path of a folder", e);
    }
  }

  /** Options of an engine can be checked only where the engine is. */
  private void checkEngine(DeployTarget target, List<String> beam) {
    if (!beam.isEmpty() && !isEngineOf(target)) {
      throw new BadOption(
          beam.get(0).replaceFirst("=.*", ""),
          null,
          "is an option of "
              + environment.engine().name()
              + " here, and --target="
              + target
              + " runs on "
              + target.engine()
              + "; build and run with -P"
              + target.engine()
              + "-runner");
    }
  }

  private boolean isEngineOf(DeployTarget target) {
    return environment.engine().name().equals(target.engine());
  }

  /** Whether the engine lacks what the analysis needs; the reasons are printed. */
  private boolean refuses(PipelineCommand command, Outline outline) {
    Engine engine = environment.engine();
    return command.refused(
        GraphLint.of(engine.name(), engine.unsupported())
            .check(outline.pipeline(), outline.bounded()));
  }

  private static void checkNew(Path folder, Map<String, String> files, boolean replace)
      throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (!replace && Files.exists(path) && !Files.readString(path).equals(file.getValue())) {
        throw new BadOption(
            "--out", folder, "holds another " + file.getKey() + "; --replace=true writes over it");
      }
    }
  }

  private static void write(Path folder, Map<String, String> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, String> file : files.entrySet()) {
      byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
      WholeFile.write(folder.resolve(file.getKey()), out -> out.write(content));
    }
  }
}
