package dhara.formats;

import dhara.formats.mapping.Mapping;
import dhara.tokens.Tokens;
import java.util.Collection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Events as JSON, one object each: RFC 8259, strictly, in UTF-8. Fields are found by the names of
 * components or by a {@link Mapping}, in any order; if a field comes twice, the last one counts;
 * other fields are skipped. No tree is built between the bytes and the record.
 *
 * <p>A component must be present unless it is {@code @Nullable} or {@code Optional}; null and an
 * empty text count as missing. Numbers may be written as texts and texts as numbers; {@code 12.0}
 * is the whole number 12, {@code 12.5} is not a whole number.
 *
 * <pre>{@code
 * EventFormat<Trade> format = JsonFormat.of(Trade.class, Mapping.none());
 * Trade trade = format.parser().parse(bytes, 0, bytes.length);
 * }</pre>
 *
 * @param <T> the record that events become
 */
public final class JsonFormat<T extends Record> implements EventFormat<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final Mapping mapping;

  private JsonFormat(Class<T> type, Mapping mapping) {
    this.type = type;
    this.mapping = mapping;
  }

  /**
   * The format of a record.
   *
   * @throws IllegalArgumentException if the mapping names components that the record does not have
   *     or conversions that do not fit, or the record has components that no format reads
   */
  public static <T extends Record> JsonFormat<T> of(Class<T> type, Mapping mapping) {
    JsonFormat<T> format = new JsonFormat<>(type, mapping);
    RecordReader<T> unused = format.reader();
    return format;
  }

  /**
   * Checks that required components have a field in the known events.
   *
   * @param fields the fields of some events, as {@link JsonFields} gives them
   * @throws IllegalArgumentException if a required component has none of its fields among them; it
   *     names all such components
   */
  public void checkFields(Collection<String> fields) {
    FieldCheck.of(reader(), type, "field").check(fields);
  }

  private RecordReader<T> reader() {
    return RecordReader.of(type, mapping);
  }

  @Override
  public Class<T> type() {
    return type;
  }

  @Override
  public @Nullable Tokens tokens() {
    return mapping.tokens();
  }

  @Override
  public EventParser<T> parser() {
    return new JsonEvents<>(reader());
  }
}
