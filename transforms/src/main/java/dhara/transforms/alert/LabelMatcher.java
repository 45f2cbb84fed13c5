package dhara.transforms.alert;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A condition on a label, in Alertmanager's notation: {@code severity="critical"}, {@code
 * region!=north}, {@code type=~"error_.*"}, {@code device!~"TV|TABLET"}. A label that an alert does
 * not have is empty. A regular expression must match the whole value. It is one of RE2, as in
 * Alertmanager: without look-around and back-references, but no value takes it longer than one pass
 * over its characters, where Java's own may take forever.
 *
 * @param name the label, or {@code source}, {@code type}, {@code severity}
 * @param wanted whether it is to match
 * @param value its value, or the regular expression of it
 * @param pattern the regular expression, ready for use; null if it is the value itself
 * @param text the matcher itself, with its value in quotes
 */
public record LabelMatcher(
    String name, boolean wanted, String value, @Nullable Pattern pattern, String text)
    implements Serializable {

  /**
   * The space after the value is removed afterwards: a pattern that looks for it would try the rest
   * of the text again at each space of the value.
   */
  private static final Pattern FORM =
      Pattern.compile("\\s*(" + AlertLabels.NAME + ")\\s*(=~|!~|!=|=)\\s*(.*)", Pattern.DOTALL);

  /** Characters of a regular expression: the memory to read a class grows with their square. */
  private static final int LONGEST = 2_000;

  /**
   * Steps of a regular expression with its repetitions written out: a value takes as many passes
   * over them as it has characters.
   */
  private static final int MOST_STEPS = 10_000;

  /** A repetition with counts, and whether it is one of a group, which may have others in it. */
  private static final Pattern REPETITION =
      Pattern.compile("(\\))?\\{([0-9]{1,4})(?:,([0-9]{0,4}))?\\}");

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
    String value = unquoted(text, parts.group(3).stripTrailing());
    boolean regular = operator.endsWith("~");
    if (regular && value.length() > LONGEST) {
      throw new IllegalArgumentException(
          "%s has a regular expression of more than %,d characters; write several matchers"
              .formatted(parts.group(1), LONGEST));
    }
    if (regular && steps(value) > MOST_STEPS) {
      throw new IllegalArgumentException(
          "'%s' has a regular expression of more than %,d characters when its repetitions are"
                  .formatted(text, MOST_STEPS)
              + " written out; use lower counts, or * and +");
    }
    try {
      return new LabelMatcher(
          parts.group(1),
          operator.charAt(0) == '=',
          value,
          regular ? Pattern.compile(value, Pattern.DOTALL) : null,
          parts.group(1) + operator + '"' + value + '"');
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' has no regular expression on its right: %s".formatted(text, e.getDescription()), e);
    }
  }

  /** No fewer than the steps of a regular expression: RE2/J itself does not bound them. */
  private static double steps(String expression) {
    double inGroups = 1;
    double plain = expression.length();
    for (Matcher each = REPETITION.matcher(expression); each.find(); ) {
      String most = each.group(3);
      String last = most == null || most.isEmpty() ? each.group(2) : most;
      int count = 1 + Integer.parseInt(last);
      if (each.group(1) != null) {
        inGroups *= count;
      } else {
        plain += count;
      }
    }
    return plain * inGroups;
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
    String is = labels.getOrDefault(name, "");
    return (pattern == null ? value.equals(is) : pattern.matches(is)) == wanted;
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
