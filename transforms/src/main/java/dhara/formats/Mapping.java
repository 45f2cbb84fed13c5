package dhara.formats;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How other people's field names and formats become the components of a record. Without an entry a
 * component {@code orderId} is read from the field {@code orderId} or {@code order_id}.
 *
 * <p>An entry is {@code component=source[:conversion]}, where the source is
 *
 * <ul>
 *   <li>a field: {@code customer=Customer ID}; in double quotes where the name holds a colon or a
 *       brace or starts with a quote: {@code at="time:utc"};
 *   <li>a template of the raw texts of fields: {@code id={InvoiceNo}/{StockCode}};
 *   <li>a constant in single quotes: {@code category='all'}.
 * </ul>
 *
 * <p>The conversion stands after the last colon outside of parentheses. Times: {@code iso} (the
 * default; with {@code Z} or an offset, a {@code T} or a space), {@code epochSeconds}, {@code
 * epochMillis}, {@code epochMicros}, {@code epochNanos} (each also with decimals), {@code
 * local(ZONE)} for ISO times without an offset, {@code local(PATTERN;ZONE)}, {@code
 * zoned(PATTERN)}. Times are cut to the microsecond. A local time that a zone has twice is the
 * earlier of the two; one that it skips is moved on by the length of the gap. Numbers: {@code
 * decimal(N)} reads decimals as a whole number of 10<sup>-N</sup>, exactly.
 *
 * <pre>{@code
 * Mapping.of(List.of("unitMinor=Price:decimal(2)", "at=InvoiceDate:local(Europe/London)"))
 * }</pre>
 */
public final class Mapping implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final Mapping NONE = new Mapping(Map.of());

  private final LinkedHashMap<String, Entry> entries;

  /** One component's source, and how its text is converted; null where it is read as usual. */
  record Entry(String text, Source source, @Nullable Conversion conversion)
      implements Serializable {}

  private Mapping(Map<String, Entry> entries) {
    this.entries = new LinkedHashMap<>(entries);
  }

  /** Every component is read from the field of its name. */
  public static Mapping none() {
    return NONE;
  }

  /**
   * Reads entries. An entry without an equals sign is the path of a file of such lines; blank lines
   * and lines that start with # say nothing.
   *
   * @throws IllegalArgumentException naming the entry, what is wrong with it, and the fix
   */
  public static Mapping of(List<String> entries) {
    Map<String, Entry> read = new LinkedHashMap<>();
    for (String entry : entries) {
      if (entry.indexOf('=') >= 0) {
        add(entry, "", read);
      } else if (!entry.isBlank()) {
        for (Line line : lines(entry.strip())) {
          add(line.text(), line.where(), read);
        }
      }
    }
    return new Mapping(read);
  }

  /** A line of a mapping file, and where it stands. */
  private record Line(String text, String where) {}

  private static List<Line> lines(String file) {
    List<String> all;
    try {
      all = Files.readAllLines(Path.of(file), StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "'" + file + "' has no '=', and cannot be read as a file of COMPONENT=FIELD lines: " + e,
          e);
    }
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      String text = all.get(i).strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        lines.add(new Line(text, " (line " + (i + 1) + " of " + file + ")"));
      }
    }
    return lines;
  }

  private static void add(String text, String where, Map<String, Entry> read) {
    int equals = text.indexOf('=');
    String component = text.substring(0, Math.max(equals, 0)).strip();
    if (component.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "'" + where + " is no mapping; write COMPONENT=FIELD[:CONVERSION]");
    }
    String right = text.substring(equals + 1).strip();
    int colon = conversionColon(right);
    try {
      Source source = Source.of(colon < 0 ? right : right.substring(0, colon).strip());
      Conversion conversion = colon < 0 ? null : Conversion.of(right.substring(colon + 1).strip());
      Entry before = read.put(component, new Entry(text, source, conversion));
      if (before != null) {
        throw new IllegalArgumentException(
            "maps '" + component + "' again, after '" + before.text() + "'; keep one of them");
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "'" + where + ": " + e.getMessage(), e);
    }
  }

  /** The last colon outside of quotes and parentheses, or -1. */
  private static int conversionColon(String right) {
    int from = 0;
    if (!right.isEmpty() && (right.charAt(0) == '"' || right.charAt(0) == '\'')) {
      from = right.lastIndexOf(right.charAt(0));
    }
    int depth = 0;
    int colon = -1;
    for (int i = from; i < right.length(); i++) {
      switch (right.charAt(i)) {
        case '(' -> depth++;
        case ')' -> depth--;
        case ':' -> colon = depth == 0 ? i : colon;
        default -> {}
      }
    }
    return colon;
  }

  /** What is said of one component, and nothing else: for a record that has no other. */
  public Mapping only(String component) {
    Entry entry = entries.get(component);
    return entry == null ? NONE : new Mapping(Map.of(component, entry));
  }

  /** What was said of a component; null where nothing was. */
  @Nullable Entry entry(String component) {
    return entries.get(component);
  }

  /**
   * Refuses entries for components that a record does not have.
   *
   * @throws IllegalArgumentException naming the nearest component
   */
  void check(String record, Collection<String> components) {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (!components.contains(entry.getKey())) {
        throw new IllegalArgumentException(
            "'"
                + entry.getValue().text()
                + "': "
                + record
                + " has no component '"
                + entry.getKey()
                + "'; did you mean '"
                + Names.nearest(entry.getKey(), components)
                + "'? It has "
                + String.join(", ", components));
      }
    }
  }

  @Override
  public String toString() {
    return String.join(",", entries.values().stream().map(Entry::text).toList());
  }
}
