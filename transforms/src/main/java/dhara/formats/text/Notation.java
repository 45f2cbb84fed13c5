package dhara.formats.text;

import java.io.Serializable;

/**
 * A notation of numbers: {@code 1.234,56} has the point {@code ,} and the group separator {@code
 * .}.
 *
 * @param point the decimal point
 * @param group the optional separator of digit groups; {@link #NO_GROUP} for none. A space also
 *     stands for no-break spaces, and an apostrophe for a curly one
 */
public record Notation(char point, char group) implements Serializable {

  public static final char NO_GROUP = 0;

  private static final int LAST_GROUP = 3;
  private static final int LEAST_GROUP = 2;

  /**
   * Rewrites a number with a decimal point and without groups. The last group must have three
   * digits, and those before it three or, as in India, two; otherwise {@code 1.5} with the group
   * separator {@code .} would be read as 15, if somebody has chosen the wrong notation.
   *
   * @param into has room for as many characters as the text
   * @return the number of characters; -1 if the text is not in this notation
   */
  int plain(Text text, char[] into) {
    char[] chars = text.chars;
    int i = text.start;
    int length = 0;
    if (i < text.end && (chars[i] == '-' || chars[i] == '+')) {
      into[length++] = chars[i++];
    }
    int first = 0;
    int middle = 0;
    int digits = 0;
    for (; i < text.end && (isDigit(chars[i]) || groups(chars[i])); i++) {
      if (isDigit(chars[i])) {
        into[length++] = chars[i];
        digits++;
        continue;
      }
      if (digits == 0 || digits > LAST_GROUP || (middle != 0 && digits != middle)) {
        return -1;
      }
      middle = first == 0 ? 0 : digits;
      first = first == 0 ? digits : first;
      digits = 0;
    }
    boolean grouped = first > 0;
    if (grouped
        && (digits != LAST_GROUP || (middle != 0 && (middle < LEAST_GROUP || first > middle)))) {
      return -1;
    }
    if (i < text.end && chars[i] == point) {
      into[length++] = '.';
      i++;
    }
    for (; i < text.end; i++) {
      if (chars[i] == '.') {
        return -1;
      }
      into[length++] = chars[i];
    }
    return length;
  }

  /** The point, and the group separator after a semicolon. */
  public String marks() {
    return group == NO_GROUP ? String.valueOf(point) : point + ";" + group;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean groups(char c) {
    return group != NO_GROUP
        && (c == group
            || (group == ' ' && (c == '\u00A0' || c == '\u202F'))
            || (group == '\'' && c == '\u2019'));
  }
}
