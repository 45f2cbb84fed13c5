package dhara.tools.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/**
 * A file of YAML, made from a template with comments. A place {@code {{name}}} takes a value:
 *
 * <ul>
 *   <li>as all of a value, {@code args: {{arguments}}}: text, a number, a list or a map; text is
 *       quoted, so that no reader takes it for something else
 *   <li>alone on a line: the entries of a list or a map, or nothing
 *   <li>within other text: a word that needs no quotes
 * </ul>
 */
final class Manifest {

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-zA-Z]+)}}");
  private static final Pattern WHOLE = Pattern.compile("( *)(?:([^#]*:) )?\\{\\{([a-zA-Z]+)}}");
  private static final String END = "...";
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._/:@-]+");

  private Manifest() {}

  /**
   * Fills a template.
   *
   * @param template the name of a resource beside this class
   * @throws IllegalStateException if the template names a value that there is not
   */
  static String of(String template, Map<String, ?> values) {
    return text(template).lines().map(line -> filled(line, values)).collect(Collectors.joining());
  }

  private static String text(String template) {
    try (InputStream in = Manifest.class.getResourceAsStream(template)) {
      if (in == null) {
        throw new IllegalStateException("there is no template " + template);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String filled(String line, Map<String, ?> values) {
    Matcher whole = WHOLE.matcher(line);
    if (!whole.matches()) {
      return PLACE.matcher(line).replaceAll(place -> word(place.group(1), values)) + "\n";
    }
    String indent = whole.group(1);
    String key = whole.group(2);
    Object value = value(whole.group(3), values);
    boolean empty = isEmpty(value);
    if (key == null) {
      return empty ? "" : yaml(value, indent);
    } else if (empty) {
      return indent + key + (value instanceof Map ? " {}" : " []") + "\n";
    } else if (value instanceof Collection || value instanceof Map) {
      return indent + key + "\n" + yaml(value, indent + "  ");
    }
    return indent + key + " " + yaml(value, "");
  }

  private static boolean isEmpty(Object value) {
    return (value instanceof Collection<?> many && many.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }

  private static Object value(String name, Map<String, ?> values) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("there is no value for {{" + name + "}}");
    }
    return value;
  }

  private static String word(String name, Map<String, ?> values) {
    String word = String.valueOf(value(name, values));
    if (!WORD.matcher(word).matches()) {
      throw new IllegalStateException("{{" + name + "}} is no word: " + word);
    }
    return Matcher.quoteReplacement(word);
  }

  private static String yaml(Object value, String indent) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.BLOCK);
    options.setSplitLines(false);
    return new Yaml(new Quoting(options), options)
        .dump(value)
        .lines()
        .filter(line -> !line.equals(END))
        .map(line -> (line.isEmpty() ? "" : indent + line) + "\n")
        .collect(Collectors.joining());
  }

  /** Quotes all text but single words of letters, and writes several lines as they are. */
  private static final class Quoting extends Representer {

    private static final Pattern PLAIN = Pattern.compile("[a-z][A-Za-z]+");
    private static final Set<String> NO_TEXT =
        Set.of("yes", "no", "on", "off", "true", "false", "null");

    Quoting(DumperOptions options) {
      super(options);
      representers.put(
          String.class, text -> representScalar(Tag.STR, (String) text, style((String) text)));
    }

    private static ScalarStyle style(String text) {
      if (text.indexOf('\n') >= 0) {
        return ScalarStyle.LITERAL;
      }
      boolean plain = PLAIN.matcher(text).matches() && !NO_TEXT.contains(text);
      return plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
    }
  }
}
