package dhara.transforms.alert;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Labels as text: {@code region=north,device=TV}, so that a mapping can make them from columns.
 *
 * <p>A comma begins another label only where a name and an equals sign follow; otherwise it is part
 * of the value before. A backslash before a comma or a backslash is an escape, as the templates of
 * mappings write it. A label with an empty value is none, as in Prometheus.
 */
final class AlertLabels {

  /** What the name of a label looks like. */
  static final String NAME = "[a-zA-Z_][a-zA-Z0-9_.-]*";

  private static final Pattern BEGINNING = Pattern.compile("(" + NAME + ")\\s*=");
  private static final Pattern SPECIAL = Pattern.compile("[\\\\,]");

  private AlertLabels() {}

  /**
   * Reads labels.
   *
   * @throws IllegalArgumentException if the text does not begin with a name and an equals sign, or
   *     has a name twice
   */
  static SortedMap<String, String> read(@Nullable String text) {
    SortedMap<String, String> labels = new TreeMap<>();
    int at = 0;
    while (text != null && at < text.length()) {
      Matcher beginning = BEGINNING.matcher(text).region(at, text.length());
      if (!beginning.lookingAt()) {
        throw new IllegalArgumentException(
            "labels are NAME=VALUE,NAME=VALUE, and not " + text.substring(at));
      }
      int end = end(text, beginning.end());
      String value = unescaped(text.substring(beginning.end(), end));
      String name = beginning.group(1);
      if (!value.isEmpty() && labels.put(name, value) != null) {
        throw new IllegalArgumentException("the label " + name + " is there twice: " + text);
      }
      at = end + 1;
    }
    return Collections.unmodifiableSortedMap(labels);
  }

  /** The end of a value: the next comma that begins another label, or the end of the text. */
  private static int end(String text, int from) {
    for (int at = from; at < text.length(); at++) {
      if (text.charAt(at) == '\\') {
        at++;
      } else if (text.charAt(at) == ','
          && BEGINNING.matcher(text).region(at + 1, text.length()).lookingAt()) {
        return at;
      }
    }
    return text.length();
  }

  private static String unescaped(String value) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean escape =
          c == '\\'
              && i + 1 < value.length()
              && (value.charAt(i + 1) == '\\' || value.charAt(i + 1) == ',');
      plain.append(escape ? value.charAt(++i) : c);
    }
    return plain.toString();
  }

  /** Writes labels, so that {@link #read} reads the same ones and different ones differ. */
  static String text(Map<String, String> labels) {
    StringBuilder text = new StringBuilder();
    labels.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : ",")
                .append(name)
                .append('=')
                .append(SPECIAL.matcher(value).replaceAll("\\\\$0")));
    return text.toString();
  }
}
