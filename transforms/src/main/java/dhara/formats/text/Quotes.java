package dhara.formats.text;

/**
 * Quoted texts in a mapping: names in double quotes, constants and literal text of date patterns in
 * single quotes, with quotes inside doubled. A double quote opens a name only where a name can
 * start: at the start, after a dot and after a brace; anywhere else it is an ordinary character.
 */
public final class Quotes {

  private Quotes() {}

  /**
   * The index of the quote that closes the one at {@code open}; the text's length if there is none.
   */
  static int closing(String text, int open) {
    char quote = text.charAt(open);
    int at = text.indexOf(quote, open + 1);
    while (at >= 0 && at + 1 < text.length() && text.charAt(at + 1) == quote) {
      at = text.indexOf(quote, at + 2);
    }
    return at < 0 ? text.length() : at;
  }

  /** The index of the first {@code wanted} from {@code from} on outside of quoted names, or -1. */
  public static int indexOf(char wanted, String text, int from) {
    boolean starts = true;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == wanted) {
        return i;
      }
      if (starts && c == '"') {
        i = closing(text, i);
      }
      starts = c == '.' || c == '{' || (starts && c == ' ');
    }
    return -1;
  }

  /** The index of the dot after the name that starts at {@code from}, or the text's length. */
  public static int endOfName(String text, int from) {
    int dot = indexOf('.', text, from);
    return dot < 0 ? text.length() : dot;
  }

  /**
   * The text between quotes.
   *
   * @throws IllegalArgumentException if the text does not end with the quote that it starts with
   */
  public static String unquoted(String text, String what) {
    char quote = text.charAt(0);
    String twice = String.valueOf(quote).repeat(2);
    if (closing(text, 0) != text.length() - 1) {
      throw new IllegalArgumentException(
          text
              + " is not closed as "
              + what
              + "; write "
              + quote
              + "text"
              + quote
              + ", and "
              + twice
              + " for a quote in it");
    }
    return text.substring(1, text.length() - 1).replace(twice, String.valueOf(quote));
  }
}
