package dhara.formats.mapping;

import dhara.formats.text.Quotes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Where the text of a component comes from. */
public sealed interface Source extends Serializable {

  /**
   * A field of the event, or of an object within it.
   *
   * @param within the names of the enclosing objects, the outermost first
   * @param name the field's own
   */
  record Field(List<String> within, String name) implements Source {

    public Field {
      within = List.copyOf(within);
    }

    /** A field of the event itself, whatever characters its name has. */
    public static Field named(String name) {
      return new Field(List.of(), name);
    }

    /** Its name in messages; for tables, a column's name. */
    public String label() {
      return within.isEmpty() ? name : String.join(".", within) + "." + name;
    }

    /**
     * Reads {@code user.id} or {@code user."first.name"}.
     *
     * @throws IllegalArgumentException where a name is missing or a quote is left open
     */
    static Field of(String text) {
      List<String> names = new ArrayList<>();
      int at = 0;
      do {
        int end = Quotes.endOfName(text, at);
        String name = text.substring(at, end);
        if (name.isBlank()) {
          throw new IllegalArgumentException(
              "'"
                  + text
                  + "' has a dot without a name beside it; write OBJECT.FIELD, or quote a name"
                  + " that holds dots: \"a.b\"");
        }
        names.add(name.charAt(0) == '"' ? Quotes.unquoted(name, "a quoted field name") : name);
        at = end + 1;
      } while (at <= text.length());
      return new Field(names.subList(0, names.size() - 1), names.get(names.size() - 1));
    }
  }

  /** Always the same text. */
  record Constant(String text) implements Source {}

  /**
   * Text built from several fields: {@code {InvoiceNo}/{StockCode}}.
   *
   * @param texts the texts before, between and after the fields: one more than there are fields
   * @param fields the fields between the texts
   */
  record Template(List<String> texts, List<Field> fields) implements Source {}

  /**
   * Reads a right-hand side without its conversion.
   *
   * @throws IllegalArgumentException with the problem and the fix
   */
  static Source of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("names no field after the '='; write COMPONENT=FIELD");
    }
    if (text.charAt(0) == '\'') {
      return new Constant(Quotes.unquoted(text, "a constant"));
    }
    return Quotes.indexOf('{', text, 0) < 0 ? Field.of(text) : template(text);
  }

  private static Template template(String text) {
    List<String> texts = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    int at = 0;
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', at)) {
      int close = Quotes.indexOf('}', text, open + 1);
      String field = close < 0 ? "" : text.substring(open + 1, close).strip();
      if (field.isEmpty()) {
        throw new IllegalArgumentException(
            "the template '"
                + text
                + "' has a '{' without a field and a '}'; write e.g."
                + " {InvoiceNo}/{StockCode}, or quote a field name that holds a brace: \"a{b\"");
      }
      texts.add(text.substring(at, open));
      fields.add(Field.of(field));
      at = close + 1;
    }
    texts.add(text.substring(at));
    return new Template(List.copyOf(texts), List.copyOf(fields));
  }

  /** The same for a table, which has no nesting, so a name with dots is a column's name. */
  default Source ofColumns() {
    if (this instanceof Field field) {
      return Field.named(field.label());
    } else if (this instanceof Template template) {
      List<Field> columns = template.fields.stream().map(f -> Field.named(f.label())).toList();
      return new Template(template.texts, columns);
    }
    return this;
  }
}
