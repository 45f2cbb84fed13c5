package dhara.formats.mapping;

import dhara.formats.text.EntryText;
import dhara.tokens.Tokens;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Maps other field names and formats to the components of a record. Without an entry a component
 * {@code orderId} is read from the field {@code orderId} or {@code order_id}.
 *
 * <p>An entry is {@code component=source[:conversion]}, where the source is
 *
 * <ul>
 *   <li>a field: {@code customer=Customer ID};
 *   <li>a field of an object within the event: {@code customer=user.id}. A name that holds a dot, a
 *       comma, a colon or a brace, or starts with a quote, goes into double quotes: {@code
 *       customer="user.id"} is one field, {@code customer=user."e.mail"} one within another. A
 *       table has no nesting: both {@code user.id} and {@code "user.id"} mean the column of that
 *       name;
 *   <li>a template of the raw texts of fields: {@code id={InvoiceNo}/{StockCode}}. Different fields
 *       make different texts: a separator inside a part, as in {@code 1/2}, gets a backslash
 *       ({@code 1\/2/3});
 *   <li>a constant in single quotes: {@code category='all'}.
 * </ul>
 *
 * <p>The conversion follows the last colon outside of parentheses. Times: {@code iso} (the default;
 * with {@code Z} or an offset, a {@code T} or a space), {@code epochSeconds}, {@code epochMillis},
 * {@code epochMicros}, {@code epochNanos} (each also with decimals), {@code local(ZONE)} for ISO
 * times without an offset, {@code local(PATTERN;ZONE)}, {@code zoned(PATTERN)}. Times are truncated
 * to the microsecond. A local time that occurs twice in a zone is the earlier one; a skipped one is
 * moved forward by the length of the gap. Numbers: {@code decimal(N)} reads decimals as a whole
 * number of 10<sup>-N</sup>, exactly; {@code decimal(N;,)} those with a decimal comma, {@code
 * decimal(N;,;.)} those with dots between the thousands too.
 *
 * <pre>{@code
 * Mapping.of(List.of("unitMinor=Price:decimal(2)", "at=InvoiceDate:local(Europe/London)"))
 * }</pre>
 */
public final class Mapping implements Serializable {

  private static final long serialVersionUID = 2L;

  private static final Mapping NONE = new Mapping(Map.of(), null);

  private final LinkedHashMap<String, Entry> entries;

  /** Null in a savepoint that an earlier version of this class wrote. */
  private final @Nullable Tokens tokens;

  /** One component's source and its conversion; null for the default. */
  public record Entry(String text, Source source, @Nullable Conversion conversion)
      implements Serializable {}

  private Mapping(Map<String, Entry> entries, @Nullable Tokens tokens) {
    this.entries = new LinkedHashMap<>(entries);
    this.tokens = tokens;
  }

  /** Every component is read from the field of its name. */
  public static Mapping none() {
    return NONE;
  }

  /**
   * Reads entries: each text is one or more of them, with commas between. An entry without an
   * equals sign is the path of a file with an entry on each line; blank lines and lines that start
   * with # are ignored. An entry goes before one for the same component in a file, whichever comes
   * first, so that a file can be used with an exception. Two entries for a component are refused,
   * and so are two in files.
   *
   * @throws IllegalArgumentException naming the entry, what is wrong with it, and the fix
   */
  public static Mapping of(List<String> texts) {
    Map<String, Entry> given = new LinkedHashMap<>();
    Map<String, Entry> read = new LinkedHashMap<>();
    for (String text : texts) {
      for (EntryText entry : EntryText.list(text)) {
        if (entry.hasEquals()) {
          add(entry, "", given);
        } else {
          for (Line line : lines(entry.whole())) {
            add(EntryText.of(line.text()), line.where(), read);
          }
        }
      }
    }
    read.putAll(given);
    return new Mapping(read, null);
  }

  /** A line of a mapping file, with its position. */
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

  private static void add(EntryText entry, String where, Map<String, Entry> read) {
    String text = entry.whole();
    String component = entry.component();
    if (component.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text + "'" + where + " is no mapping; write COMPONENT=FIELD[:CONVERSION]");
    }
    try {
      Source source = Source.of(entry.source());
      String conversion = entry.conversion();
      Entry before =
          read.put(
              component,
              new Entry(text, source, conversion == null ? null : Conversion.of(conversion)));
      if (before != null) {
        throw new IllegalArgumentException(
            "maps '" + component + "' again, after '" + before.text() + "'; keep one of them");
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "'" + where + ": " + e.getMessage(), e);
    }
  }

  /**
   * The entries for one of the inputs of an analysis. An entry {@code payments.at=…} is for the
   * input {@code payments} only, and goes before one for {@code at}; one without an input's name is
   * for every input with that component. An entry that no input can have is kept, so that {@link
   * #check} refuses it.
   *
   * @param input its name
   * @param components the components of each input, by its name
   */
  public Mapping ofInput(String input, Map<String, ? extends Collection<String>> components) {
    Map<String, Entry> general = new LinkedHashMap<>();
    Map<String, Entry> own = new LinkedHashMap<>();
    entries.forEach(
        (component, entry) -> {
          int dot = component.indexOf('.');
          String of = dot < 0 ? "" : component.substring(0, dot);
          if (of.equals(input)) {
            own.put(component.substring(dot + 1), entry);
          } else if (!components.containsKey(of)
              && (components.get(input).contains(component)
                  || components.values().stream().noneMatch(all -> all.contains(component)))) {
            general.put(component, entry);
          }
        });
    general.putAll(own);
    return new Mapping(general, tokens);
  }

  /** Only the entry of one component, for a record without other components. */
  public Mapping only(String component) {
    Entry entry = entries.get(component);
    return entry == null ? NONE : new Mapping(Map.of(component, entry), tokens);
  }

  /** The same for tables, which have no nesting, so a name with dots is a column's name. */
  public Mapping ofColumns() {
    Map<String, Entry> columns = new LinkedHashMap<>(entries);
    columns.replaceAll((c, e) -> new Entry(e.text, e.source.ofColumns(), e.conversion));
    return new Mapping(columns, tokens);
  }

  /**
   * The same with tokens instead of some of a record's components.
   *
   * @param components all components of the record
   * @throws IllegalArgumentException if what becomes a token would also be read in clear into
   *     another component, or is no field but a constant
   */
  public Mapping tokenised(Tokens newTokens, Collection<String> components) {
    for (String token : newTokens.components()) {
      Entry entry = entries.get(token);
      if (entry != null && entry.source instanceof Source.Constant) {
        throw new IllegalArgumentException(
            "'" + entry.text + "' is the same in every event and tells nothing; leave it out");
      }
      for (String other : components) {
        Set<String> shared = new LinkedHashSet<>(fields(other));
        shared.retainAll(fields(token));
        if (!newTokens.covers(other) && !shared.isEmpty()) {
          throw new IllegalArgumentException(
              "the field "
                  + String.join(", ", shared)
                  + " becomes a token as "
                  + token
                  + ", and is read in clear into "
                  + other
                  + "; name that too, or map it to another field");
        }
      }
    }
    return new Mapping(entries, newTokens);
  }

  /** The names of the fields that a component is read from. */
  private Set<String> fields(String component) {
    Entry entry = entries.get(component);
    if (entry == null) {
      return new LinkedHashSet<>(List.of(component, Names.snake(component)));
    } else if (entry.source instanceof Source.Field field) {
      return Set.of(field.label());
    } else if (entry.source instanceof Source.Template template) {
      return template.fields().stream().map(Source.Field::label).collect(Collectors.toSet());
    }
    return Set.of();
  }

  /** Which components become tokens; null if none do. */
  public @Nullable Tokens tokens() {
    return tokens;
  }

  /** The entry of a component; null if there is none. */
  public @Nullable Entry entry(String component) {
    return entries.get(component);
  }

  /**
   * Refuses entries for components that a record does not have.
   *
   * @throws IllegalArgumentException naming the nearest component
   */
  public void check(String record, Collection<String> components) {
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
