package dhara.transforms.alert;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A condition on a label, in Alertmanager's notation: {@code severity="critical"}, {@code
 * region!=north}, {@code type=~"error_.*"}, {@code device!~"TV|TABLET"}. A label that an alert does
 * not have is empty. A regular expression must match the whole value; it is one of {@link Pattern},
 * where Alertmanager's is one of RE2, which lacks look-around and back-references.
 *
 * @param name the label, or {@code source}, {@code type}, {@code severity}
 * @param wanted whether it is to match
 * @param value the pattern of its value
 * @param text the matcher itself, with its value in quotes
 */
public record LabelMatcher(String name, boolean wanted, Pattern value, String text)
    implements Serializable {

  private static final Pattern FORM =
      Pattern.compile(
          "\\s*(" + AlertLabels.NAME + ")\\s*(=~|!~|!=|=)\\s*(.*?)\\s*", Pattern.DOTALL);

  private static final String EXAMPLE =
      "write NAME=\"VALUE\", NAME!=\"VALUE\", NAME=~\"PATTERN\" or NAME!~\"PATTERN\"";

  /**
   * Reads a matcher.
   *
   * @throws IllegalArgumentException with the problem and the fix
   */
  public static LabelMatcher of(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no matcher; " + EXAMPLE);
    }
    String operator = parts.group(2);
    String value = unquoted(text, parts.group(3));
    try {
      return new LabelMatcher(
          parts.group(1),
          operator.charAt(0) == '=',
          Pattern.compile(operator.endsWith("~") ? value : Pattern.quote(value), Pattern.DOTALL),
          parts.group(1) + operator + '"' + value + '"');
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' has no regular expression on its right: %s".formatted(text, e.getDescription()), e);
    }
  }

  private static String unquoted(String text, String value) {
    if (!value.startsWith("\"")) {
      if (value.indexOf('"') >= 0 || value.indexOf(',') >= 0) {
        throw new IllegalArgumentException(
            "'" + text + "' is no single matcher; give each its own line, and " + EXAMPLE);
      }
      return value;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' && i == value.length() - 1) {
        return plain.toString();
      } else if (c == '"') {
        break;
      }
      boolean escape =
          c == '\\'
              && i + 1 < value.length()
              && (value.charAt(i + 1) == '"' || value.charAt(i + 1) == '\\');
      plain.append(escape ? value.charAt(++i) : c);
    }
    throw new IllegalArgumentException(
        "'" + text + "' has a quote that does not end where the value does; " + EXAMPLE);
  }

  /** Whether an alert with these labels meets it. */
  public boolean matches(Map<String, String> labels) {
    return value.matcher(labels.getOrDefault(name, "")).matches() == wanted;
  }

  /** Whether an alert with these labels meets all of them. */
  static boolean all(List<LabelMatcher> matchers, Map<String, String> labels) {
    for (LabelMatcher matcher : matchers) {
      if (!matcher.matches(labels)) {
        return false;
      }
    }
    return true;
  }
}
