package dhara.tools;

import dhara.cli.ExitCode;
import dhara.cli.Logs;
import dhara.cli.TypedOption;
import dhara.engine.Launcher;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.terminal.Console;
import dhara.tools.template.FlexTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The main class of a Flex Template's image. It runs the analysis that {@code DHARA_ANALYSIS} in
 * its environment names, with the parameters of the launch as options.
 *
 * <p>A parameter has one value. If an option takes several, they are separated by spaces, because
 * no URI contains a space.
 */
public final class TemplateLauncher {

  /** The variable of the image's environment that names the analysis. */
  public static final String ANALYSIS = "DHARA_ANALYSIS";

  private TemplateLauncher() {}

  /** Builds the job's graph at the place that the launcher names, and ends with the exit code. */
  public static void main(String... arguments) {
    Logs.configure(true);
    System.exit(launch(Console.ofProcess(), System.getenv(ANALYSIS), arguments));
  }

  /**
   * The same in this process.
   *
   * @return the exit code: 2 if a parameter is missing, or cannot be obeyed
   */
  public static int launch(Console console, String analysis, String... parameters) {
    List<String> command;
    try {
      command = command(analysis, List.of(parameters));
    } catch (BadOption e) {
      console.err().println(Launcher.NAME + ": " + e.getMessage());
      return ExitCode.MISUSED;
    }
    return Dhara.on(console).run(command.toArray(String[]::new));
  }

  private static List<String> command(String name, List<String> parameters) {
    Analysis<?> analysis = name == null ? null : Analysis.all().get(name);
    if (analysis == null) {
      throw new BadOption(
          ANALYSIS, name, "names no analysis; it is one of " + Analysis.all().keySet());
    }
    FlexTemplate template = FlexTemplate.of(analysis);
    for (TypedOption option : template.required()) {
      String prefix = "--" + option.name() + "=";
      List<String> given = parameters.stream().filter(p -> p.startsWith(prefix)).toList();
      if (given.isEmpty()) {
        throw new BadOption("--" + option.name(), null, "is missing. " + option.description());
      }
      for (String value : given) {
        if (value.substring(prefix.length()).matches("(.* )?([a-z0-9-]+=)?console([? ].*)?")) {
          throw new BadOption(
              "--" + option.name(),
              value.substring(prefix.length()),
              "a template has no console; name bigquery://, kafka:// or gs://");
        }
      }
    }
    Map<String, TypedOption> several =
        template.options().stream()
            .filter(option -> option.place() && option.repeatable())
            .collect(Collectors.toMap(TypedOption::name, Function.identity()));
    List<String> command = new ArrayList<>(List.of(name));
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      String option = equals < 2 ? "" : parameter.substring(2, equals);
      if (several.containsKey(option)) {
        Stream.of(parameter.substring(equals + 1).strip().split("\\s+"))
            .map(value -> "--" + option + "=" + value)
            .forEach(command::add);
      } else {
        command.add(parameter);
      }
    }
    return command;
  }
}
