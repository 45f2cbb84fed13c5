package dhara.formats;

import dhara.formats.mapping.Source;
import dhara.formats.text.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The raw texts of the fields that templates use, for one event at a time. */
final class Captures {

  private static final int NONE = -1;

  private final List<Source.Field> fields = new ArrayList<>();
  private final List<Built> built = new ArrayList<>();
  private int[] starts = {};
  private int[] ends = {};
  private char[] chars = new char[64];
  private int used;
  private char[] text = new char[64];

  /**
   * A component that a template builds from fields.
   *
   * @param parts the captures, in the template's order
   * @param separators the first characters of the texts between fields; empty if different fields
   *     may make the same text
   * @param escape the character that is put before a separator within a part
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Built(
      int slot,
      String component,
      List<String> texts,
      int[] parts,
      char[] separators,
      char escape) {}

  /** The index of a field's text, or -1. */
  int indexOf(Source.Field field) {
    return fields.indexOf(field);
  }

  /** Makes room for a field's text. */
  int add(Source.Field field) {
    fields.add(field);
    starts = new int[fields.size()];
    ends = new int[fields.size()];
    return fields.size() - 1;
  }

  /**
   * Adds a component that is built from added fields.
   *
   * @param distinct whether different fields must make different texts
   */
  void add(int slot, String component, Source.Template template, boolean distinct) {
    int[] parts = template.fields().stream().mapToInt(fields::indexOf).toArray();
    StringBuilder separators = new StringBuilder();
    for (int i = 1; distinct && i < parts.length; i++) {
      String separator = template.texts().get(i).substring(0, 1);
      separators.append(separators.indexOf(separator) < 0 ? separator : "");
    }
    char escape = '\\';
    while (separators.indexOf(String.valueOf(escape)) >= 0) {
      escape++;
    }
    char[] chosen = separators.toString().toCharArray();
    built.add(new Built(slot, component, template.texts(), parts, chosen, escape));
  }

  List<Built> built() {
    return built;
  }

  boolean builds(int slot) {
    return built.stream().anyMatch(b -> b.slot() == slot);
  }

  void clear() {
    if (starts.length > 0) {
      used = 0;
      Arrays.fill(starts, NONE);
    }
  }

  void take(int capture, Text from) {
    int length = from.end - from.start;
    if (used + length > chars.length) {
      chars = Arrays.copyOf(chars, 2 * (used + length));
    }
    System.arraycopy(from.chars, from.start, chars, used, length);
    starts[capture] = length == 0 ? NONE : used;
    used += length;
    ends[capture] = used;
  }

  void forget(int capture) {
    starts[capture] = NONE;
  }

  /**
   * Builds a template's text; a missing or empty field leaves its place empty. False if all fields
   * are missing or empty.
   *
   * <p>If no part contains the first character of a separator, the separators in the text show
   * where each part ends. Otherwise each such character in a part is escaped, and so is each escape
   * character. Then the text has more of these characters than the template, so no other fields
   * make the same text.
   */
  boolean build(Built template, String path, Text into) {
    boolean escaped = false;
    boolean any = template.parts().length == 0;
    for (int part : template.parts()) {
      if (starts[part] != NONE) {
        any = true;
        escaped |= holds(template.separators(), starts[part], ends[part]);
      }
    }
    int length = append(template.texts().get(0), 0);
    for (int i = 0; i < template.parts().length; i++) {
      int part = template.parts()[i];
      if (starts[part] != NONE) {
        length =
            escaped
                ? appendEscaped(template, starts[part], ends[part], length)
                : append(starts[part], ends[part], length);
      }
      length = append(template.texts().get(i + 1), length);
    }
    into.set(path + template.component(), text, 0, length);
    return any;
  }

  private boolean holds(char[] separators, int start, int end) {
    for (char separator : separators) {
      for (int i = start; i < end; i++) {
        if (chars[i] == separator) {
          return true;
        }
      }
    }
    return false;
  }

  private int appendEscaped(Built template, int start, int end, int length) {
    int to = length;
    ensure(length + 2 * (end - start));
    for (int i = start; i < end; i++) {
      if (chars[i] == template.escape() || holds(template.separators(), i, i + 1)) {
        text[to++] = template.escape();
      }
      text[to++] = chars[i];
    }
    return to;
  }

  private int append(String literal, int length) {
    ensure(length + literal.length());
    literal.getChars(0, literal.length(), text, length);
    return length + literal.length();
  }

  private int append(int start, int end, int length) {
    ensure(length + end - start);
    System.arraycopy(chars, start, text, length, end - start);
    return length + end - start;
  }

  private void ensure(int length) {
    if (length > text.length) {
      text = Arrays.copyOf(text, 2 * length);
    }
  }
}
