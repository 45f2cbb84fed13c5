package dhara.formats.text;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The text of an entry of a mapping, {@code component=source[:conversion]}, split at the first
 * equals sign, and at the last colon outside of quotes, braces and parentheses.
 *
 * @param whole the entry
 * @param component empty if there is no equals sign
 * @param source the source of the component's text
 * @param conversion the text after the colon; null if there is none
 */
public record EntryText(
    String whole, String component, String source, @Nullable String conversion) {

  /** Splits one entry, which may contain commas. */
  public static EntryText of(String text) {
    return new Scan(text, 0, false).entry();
  }

  /** Splits entries that are separated by commas; blank ones are ignored. */
  public static List<EntryText> list(String text) {
    List<EntryText> entries = new ArrayList<>();
    for (int from = 0; from <= text.length(); ) {
      Scan scan = new Scan(text, from, true);
      if (!scan.entry().whole.isEmpty()) {
        entries.add(scan.entry());
      }
      from = scan.end + 1;
    }
    return entries;
  }

  /** Whether it is an entry, and not the path of a file of entries. */
  public boolean hasEquals() {
    return whole.indexOf('=') >= 0;
  }

  /** Finds the equals sign, the colon and the end of an entry. */
  private static final class Scan {
    private final String text;
    private final int from;
    private int equals = -1;
    private int colon = -1;
    private boolean decimal;
    private int end;

    Scan(String text, int from, boolean commasEnd) {
      this.text = text;
      this.from = from;
      int depth = 0;
      for (end = from; end < text.length(); end++) {
        char c = text.charAt(end);
        if (c == ',' && depth == 0 && commasEnd) {
          return;
        } else if (c == '=' && equals < 0) {
          equals = end;
        } else if (equals >= 0 && opensQuotes(c, depth)) {
          end = Math.min(Quotes.closing(text, end), text.length() - 1);
        } else if (equals >= 0 && (c == '(' || c == '{')) {
          depth++;
        } else if (c == ')' || c == '}') {
          depth = Math.max(0, depth - 1);
        } else if (c == ':' && equals >= 0 && depth == 0) {
          colon = end;
          decimal = isDecimal();
        }
      }
    }

    /** Whether a quote opens a constant, a name, or literal text in a date pattern. */
    private boolean opensQuotes(char c, int depth) {
      if (c != '\'' && c != '"') {
        return false;
      }
      int sign = Math.max(colon, equals);
      int last = end - 1;
      while (last > sign && Character.isWhitespace(text.charAt(last))) {
        last--;
      }
      if (c == '\'') {
        return colon < 0 ? last == sign : depth > 0 && !decimal;
      }
      return colon < 0 && (last == sign || text.charAt(last) == '.' || text.charAt(last) == '{');
    }

    private boolean isDecimal() {
      int first = colon + 1;
      while (first < text.length() && Character.isWhitespace(text.charAt(first))) {
        first++;
      }
      return text.startsWith("decimal", first);
    }

    EntryText entry() {
      String whole = text.substring(from, end).strip();
      if (equals < 0) {
        return new EntryText(whole, "", whole, null);
      }
      return new EntryText(
          whole,
          text.substring(from, equals).strip(),
          text.substring(equals + 1, colon < 0 ? end : colon).strip(),
          colon < 0 ? null : text.substring(colon + 1, end).strip());
    }
  }
}
