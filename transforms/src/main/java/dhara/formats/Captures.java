package dhara.formats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The raw texts of the fields that templates are built of, for one event at a time. */
final class Captures {

  private static final int NONE = -1;

  private final List<String> fields = new ArrayList<>();
  private final List<Built> built = new ArrayList<>();
  private int[] starts = {};
  private int[] ends = {};
  private char[] chars = new char[64];
  private int used;
  private char[] text = new char[64];

  /**
   * A component that is built of fields.
   *
   * @param parts the captures, in the template's order
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Built(int slot, String component, List<String> texts, int[] parts) {}

  /** Makes room for a field's text. */
  int add(String field) {
    fields.add(field);
    starts = new int[fields.size()];
    ends = new int[fields.size()];
    return fields.size() - 1;
  }

  /** Builds a component of fields that were added. */
  void add(int slot, String component, Source.Template template) {
    int[] parts = template.fields().stream().mapToInt(fields::indexOf).toArray();
    built.add(new Built(slot, component, template.texts(), parts));
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
   * Puts a template's text together: a field that is missing or empty leaves its place empty. False
   * where all of them are, for then there is nothing that the text could say.
   */
  boolean build(Built template, String path, Text into) {
    int length = 0;
    boolean any = template.parts().length == 0;
    for (int i = 0; i <= template.parts().length; i++) {
      length = append(template.texts().get(i), length);
      if (i < template.parts().length && starts[template.parts()[i]] != NONE) {
        any = true;
        length = append(starts[template.parts()[i]], ends[template.parts()[i]], length);
      }
    }
    into.set(path + template.component(), text, 0, length);
    return any;
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
