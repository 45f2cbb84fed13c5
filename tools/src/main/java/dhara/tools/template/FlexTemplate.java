package dhara.tools.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.cli.TypedOption;
import dhara.pipelines.Analysis;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Flex Template of an analysis: the parameters that Dataflow's service asks for at a launch.
 * Each of them is an option of the analysis, made from the annotations of its getter.
 *
 * @param analysis what it launches
 * @param options its parameters
 */
public record FlexTemplate(Analysis<?> analysis, List<TypedOption> options) {

  /** Options whose effect is shown only on the console, which a template does not have. */
  private static final Set<String> AT_THE_CONSOLE = Set.of("compareTo");

  /** Where it reads and writes; required, because a template has no console as the default. */
  private static final Set<String> PLACES = Set.of("events", "answers");

  private static final Pattern MENTIONED = Pattern.compile("--(?=[a-z])");

  /** The template of an analysis. */
  public static FlexTemplate of(Analysis<?> analysis) {
    return new FlexTemplate(
        analysis,
        TypedOption.of(analysis.options()).stream()
            .filter(option -> !AT_THE_CONSOLE.contains(option.name()))
            .toList());
  }

  /** The required options. */
  public List<TypedOption> required() {
    return options.stream().filter(FlexTemplate::required).toList();
  }

  private static boolean required(TypedOption option) {
    return option.required() || PLACES.contains(option.name());
  }

  /**
   * Writes the specification file: the {@code ContainerSpec} of Dataflow's REST API.
   *
   * @param image what launches the analysis
   */
  void write(String image, OutputStream out) throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("image", image);
      json.writeObjectFieldStart("sdkInfo");
      json.writeStringField("language", "JAVA");
      json.writeEndObject();
      json.writeObjectFieldStart("metadata");
      json.writeStringField("name", analysis.name());
      json.writeStringField("description", analysis.summary());
      // At-least-once mode would count records twice in the ledger. The parameters decide whether
      // it streams.
      json.writeBooleanField("supportsAtLeastOnce", false);
      json.writeBooleanField("supportsExactlyOnce", true);
      json.writeArrayFieldStart("parameters");
      for (TypedOption option : required()) {
        write(option, json);
      }
      for (TypedOption option : options) {
        if (!required(option)) {
          write(option, json);
        }
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  private static void write(TypedOption option, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", option.name());
    json.writeStringField("label", label(option.name()));
    json.writeStringField("helpText", help(option));
    json.writeBooleanField("isOptional", !required(option));
    json.writeStringField("paramType", type(option));
    json.writeArrayFieldStart("regexes");
    json.writeString(regex(option));
    json.writeEndArray();
    if (option.type().isEnum()) {
      json.writeArrayFieldStart("enumOptions");
      for (Object constant : option.type().getEnumConstants()) {
        json.writeStartObject();
        json.writeStringField("value", constant.toString());
        json.writeStringField("label", label(constant.toString()));
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    if (!required(option) && !option.defaultText().isEmpty()) {
      json.writeStringField("defaultValue", option.defaultText());
    }
    json.writeEndObject();
  }

  /** The name in words: {@code Dead letters}. */
  private static String label(String name) {
    String words = name.replaceAll("(?<=\\p{Ll})(?=\\p{Lu})", " ").toLowerCase(Locale.ROOT);
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** Its description, without the dashes before parameters. */
  private static String help(TypedOption option) {
    String text = MENTIONED.matcher(option.description()).replaceAll("");
    return option.place() && option.repeatable()
        ? text + ". Several are separated by spaces"
        : text;
  }

  private static String type(TypedOption option) {
    if (option.flag()) {
      return "BOOLEAN";
    } else if (option.type().isEnum()) {
      return "ENUM";
    }
    return option.label().equals("NUMBER") ? "NUMBER" : "TEXT";
  }

  /**
   * A pattern that a whole value must match, written so that every regex dialect reads it alike.
   */
  private static String regex(TypedOption option) {
    if (option.flag()) {
      return "^(true|false)$";
    } else if (option.type().isEnum()) {
      return Stream.of(option.type().getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining("|", "^(", ")$"));
    } else if (option.type() == Duration.class) {
      return "^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+([.][0-9]{1,9})?S)?)?$";
    } else if (option.type() == Instant.class) {
      return "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z$";
    } else if (option.type() == double.class || option.type() == Double.class) {
      return "^-?[0-9]+([.][0-9]+)?$";
    } else if (type(option).equals("NUMBER")) {
      return "^-?[0-9]+$";
    }
    return option.place() && !option.repeatable() ? "^[^ ]+$" : "^.+$";
  }
}
