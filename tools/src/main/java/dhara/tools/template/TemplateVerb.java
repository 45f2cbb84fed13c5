package dhara.tools.template;

import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.ToolVerb;
import dhara.options.BadOption;
import dhara.scratch.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes the Flex Template of an analysis, and prints how to launch it. */
public final class TemplateVerb extends ToolVerb {

  private static final Words WORDS =
      new Words(
          "template",
          "its Flex Template, for Dataflow",
          "Writes the specification file of the Flex Template of an analysis, whose parameters are "
              + "its options, and shows the commands that launch it; contacts no service.");

  private static final String EXAMPLE =
      "--image=REGION-docker.pkg.dev/PROJECT/REPOSITORY/ANALYSIS:TAG";

  public TemplateVerb(Environment environment) {
    super(environment, WORDS, TemplateOptions.class);
  }

  @Override
  public int run(List<String> arguments) throws IOException {
    Optional<Asked<TemplateOptions>> asked =
        Asked.of(this, arguments, EXAMPLE, TemplateOptions.class, environment);
    if (asked.isEmpty()) {
      help(false);
      return ExitCode.DONE;
    }
    TemplateOptions options = asked.get().options();
    FlexTemplate template = FlexTemplate.of(asked.get().analysis());
    Path file = file(options, template);
    WholeFile.write(file, out -> template.write(options.getImage(), out));
    LaunchCommands commands = new LaunchCommands(template, storage(options));
    environment
        .console()
        .out()
        .printf(
            "%s%n%nUpload it:%n%s%nLaunch a stream:%n%s%nOr a backfill:%n%s",
            file,
            commands.copy(file.toString()).indent(2),
            commands.stream().indent(2),
            commands.backfill().indent(2));
    return ExitCode.DONE;
  }

  private static Path file(TemplateOptions options, FlexTemplate template) throws IOException {
    Path folder = Path.of(options.getOut());
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new BadOption("--out", options.getOut(), "is a file; name a folder");
    }
    return Files.createDirectories(folder).resolve(template.analysis().name() + ".json");
  }

  private static String storage(TemplateOptions options) {
    if (!options.getStorage().startsWith("gs://")) {
      throw new BadOption(
          "--storage",
          options.getStorage(),
          "is no folder of Cloud Storage, e.g. --storage=gs://my-bucket/templates");
    }
    return options.getStorage().replaceFirst("/+$", "");
  }
}
