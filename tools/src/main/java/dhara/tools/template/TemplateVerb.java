package dhara.tools.template;

import dhara.cli.Arguments;
import dhara.cli.Asked;
import dhara.cli.Environment;
import dhara.cli.ExitCode;
import dhara.cli.Verb;
import dhara.options.BadOption;
import dhara.scratch.WholeFile;
import dhara.terminal.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the Flex Template of an analysis, and prints how to launch it. */
public final class TemplateVerb implements Verb {

  private static final String EXAMPLE =
      "--image=REGION-docker.pkg.dev/PROJECT/REPOSITORY/ANALYSIS:TAG";

  private final Environment environment;

  public TemplateVerb(Environment environment) {
    this.environment = environment;
  }

  @Override
  public String name() {
    return "template";
  }

  @Override
  public String synopsis() {
    return "template ANALYSIS";
  }

  @Override
  public String summary() {
    return "its Flex Template, for Dataflow";
  }

  @Override
  public void help(boolean all) {
    Console console = environment.console();
    console
        .out()
        .print(
            known()
                .help(
                    false,
                    Map.of(),
                    List.of(
                        "Writes the specification file of the Flex Template of an analysis, whose"
                            + " parameters are its options, and shows the commands that launch "
                            + "it; contacts no service."),
                    console));
  }

  @Override
  public Arguments known() {
    return Arguments.ofVerb(name(), ANALYSIS, TemplateOptions.class);
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
