package dhara.tools.advise;

import dhara.cli.Arguments;
import dhara.cli.TypedOption;
import dhara.engine.Launcher;
import dhara.options.UriText;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The command that follows an advice: the analysis with the options that the user gave. Where these
 * do not fit the mode, a source is named in its place.
 *
 * @param given what the user gave
 * @param verb options of the verb, which are left out
 */
record TypedCommand(
    Analysis<?> analysis, Arguments.Given given, Class<? extends PipelineOptions> verb) {

  private static final String EVENTS = "events";
  private static final String KAFKA = "kafka://";
  private static final String END = "end=";

  /**
   * The command for a shell.
   *
   * @param engine null for that of the class path
   */
  String of(Mode mode, @Nullable String engine) {
    Set<String> left =
        TypedOption.of(verb).stream().map(TypedOption::name).collect(Collectors.toSet());
    List<String> words = new ArrayList<>(List.of(analysis.name()));
    sources(mode).forEach(source -> words.add("--" + EVENTS + "=" + source));
    given
        .values()
        .forEach(
            (name, values) -> {
              if (!left.contains(name) && !name.equals(EVENTS)) {
                values.forEach(value -> words.add("--" + name + "=" + UriText.shown(value)));
              }
            });
    String arguments = String.join(" ", words);
    return engine == null ? Launcher.command(arguments) : Launcher.command(engine, arguments);
  }

  private List<String> sources(Mode mode) {
    List<String> named = given.values().getOrDefault(EVENTS, List.of());
    boolean topics = named.stream().anyMatch(uri -> uri.contains(KAFKA));
    if (mode == Mode.STREAM && topics) {
      return named.stream().map(UriText::shown).toList();
    } else if (mode == Mode.STREAM) {
      return placeholders(KAFKA + "HOST:9092/");
    } else if (named.isEmpty()) {
      return placeholders("files:/PATH/");
    }
    return named.stream().map(UriText::shown).map(TypedCommand::ending).toList();
  }

  /** A topic as far as it goes now. */
  private static String ending(String uri) {
    return !uri.contains(KAFKA) || uri.contains(END)
        ? uri
        : uri + (uri.contains("?") ? "&" : "?") + END + "latest";
  }

  private List<String> placeholders(String place) {
    List<Input<?>> inputs = analysis.inputs();
    return inputs.size() == 1
        ? List.of(place + inputs.get(0).name())
        : inputs.stream()
            .filter(input -> !input.optional())
            .map(input -> input.name() + "=" + place + input.name())
            .toList();
  }
}
