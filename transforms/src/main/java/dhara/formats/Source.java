package dhara.formats;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Where the text of a component comes from. */
sealed interface Source extends Serializable {

  /** A field of the event. */
  record Field(String name) implements Source {}

  /** Always the same text. */
  record Constant(String text) implements Source {}

  /**
   * Text built from several fields: {@code {InvoiceNo}/{StockCode}}.
   *
   * @param texts what stands before, between and after the fields: one more than there are fields
   * @param fields the names of the fields
   */
  record Template(List<String> texts, List<String> fields) implements Source {}

  /**
   * Reads a right-hand side without its conversion.
   *
   * @throws IllegalArgumentException saying what is wrong, and what would be right
   */
  static Source of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no field after the '='; write COMPONENT=FIELD");
    }
    char first = text.charAt(0);
    if (first == '\'') {
      return new Constant(unquoted(text, first, "a constant"));
    }
    if (first == '"') {
      return new Field(unquoted(text, first, "a quoted field name"));
    }
    return text.indexOf('{') >= 0 ? template(text) : new Field(text);
  }

  private static String unquoted(String text, char quote, String what) {
    String inner = text.length() < 2 ? "" : text.substring(1, text.length() - 1);
    String twice = String.valueOf(quote).repeat(2);
    boolean closed = text.length() >= 2 && text.charAt(text.length() - 1) == quote;
    if (!closed || inner.replace(twice, "").indexOf(quote) >= 0) {
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
    return inner.replace(twice, String.valueOf(quote));
  }

  private static Template template(String text) {
    List<String> texts = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    int at = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
      int close = text.indexOf('}', open);
      String field = close < 0 ? "" : text.substring(open + 1, close).strip();
      if (field.isEmpty()) {
        throw new IllegalArgumentException(
            "the template '"
                + text
                + "' has a '{' without a field and a '}'; write e.g."
                + " {InvoiceNo}/{StockCode}, or quote a field name that holds a brace: \"a{b\"");
      }
      texts.add(text.substring(at, open));
      fields.add(field);
      at = close + 1;
    }
    texts.add(text.substring(at));
    return new Template(List.copyOf(texts), List.copyOf(fields));
  }
}
