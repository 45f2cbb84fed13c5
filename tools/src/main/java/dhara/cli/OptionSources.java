package dhara.cli;

import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Options from other places than the command line: from files of lines {@code name=value}, and from
 * the environment, where {@code DHARA_MAX_EVENT_BYTES} is {@code --maxEventBytes}. The command line
 * overrides a file, and a file the environment; all values of an option come from one of them.
 */
final class OptionSources {

  private static final String PREFIX = "DHARA_";

  private final Map<String, List<String>> values;
  private final Map<String, String> places = new HashMap<>();

  /**
   * @param line the values on the command line, by option name without dashes
   */
  OptionSources(Map<String, List<String>> line) {
    this.values = new LinkedHashMap<>(line);
  }

  /** The values, by option name without dashes. */
  Map<String, List<String>> values() {
    return values;
  }

  /** The place that an option's value comes from, if not the command line: {@code DHARA_WINDOW}. */
  Map<String, String> places() {
    return places;
  }

  /**
   * Adds the options of a file.
   *
   * @param known the options that exist
   * @param unknown makes the error for one that does not exist
   * @throws BadOption if a line is not an option, or the file cannot be read
   */
  void file(String name, Set<String> known, Function<String, BadOption> unknown) {
    Path file = Path.of(name);
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new BadOption("--options", name, "is not a readable text file", e);
    }
    Map<String, List<String>> said = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip().replaceFirst("^--", "");
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String place = name + ", line " + (i + 1);
      int equals = line.indexOf('=');
      String option = equals < 0 ? line : line.substring(0, equals).strip();
      if (!known.contains(option)) {
        throw new BadOption(place, null, unknown.apply("--" + option).getMessage());
      } else if (equals < 0) {
        throw new BadOption(
            place, null, "--" + option + " has no value; write " + option + "=VALUE");
      } else if (!values.containsKey(option)) {
        said.computeIfAbsent(option, o -> new ArrayList<>())
            .add(line.substring(equals + 1).strip());
        places.putIfAbsent(option, place);
      }
    }
    values.putAll(said);
  }

  /**
   * Adds the options of the environment. Several URIs of one option are separated by spaces,
   * because no URI contains a space.
   */
  void environment(
      Map<String, String> variables, Stream<TypedOption> typed, Stream<String> others) {
    typed.forEach(
        option ->
            add(
                option.name(),
                variables,
                value ->
                    option.place() && option.repeatable()
                        ? List.of(value.split("\\s+"))
                        : List.of(value)));
    others.forEach(option -> add(option, variables, List::of));
  }

  private void add(
      String option, Map<String, String> variables, Function<String, List<String>> several) {
    String variable = variable(option);
    String value = variables.getOrDefault(variable, "").strip();
    if (!value.isEmpty() && !values.containsKey(option)) {
      values.put(option, several.apply(value));
      places.put(option, variable);
    }
  }

  /** {@code maxEventBytes} → {@code DHARA_MAX_EVENT_BYTES}. */
  static String variable(String option) {
    return PREFIX + option.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }
}
