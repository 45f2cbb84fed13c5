package dhara.connectors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.events.DeadLetter;
import dhara.events.LateEvent;
import dhara.formats.RecordFields;
import dhara.records.RecordSchemas;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.effect.Incident;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The format in which answers and dead letters are written: several records side by side as one
 * flat row. An answer has its key's columns, {@code window_start}, {@code window_end}, {@code
 * revision}, then its value's columns.
 *
 * <p>Belongs to one thread.
 *
 * @param <T> what is written
 */
public final class RowFormat<T> implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final JsonFactory JSON = new JsonFactory();

  /** The window of an answer, and its revision. */
  private record Window(Instant windowStart, Instant windowEnd, long revision) {}

  /** The part of an answer's key that names its window. */
  private record WindowKey(Instant windowStart, Instant windowEnd) {}

  /** The incident's columns. */
  private record IncidentKey(String incident) {}

  /** Where a record was read: the key of a row that replaces no other. */
  private record Place(String source, String position) {}

  /**
   * Splits an element into records. Write each as a lambda, not as {@code List::of}: equal method
   * references would be deserialized as one another, with a cast to the wrong type.
   */
  public interface Split<T> extends Function<T, List<Record>>, Serializable {}

  private final List<Class<? extends Record>> types;
  private final Split<T> records;
  private final List<Class<? extends Record>> keyTypes;
  private final Split<T> keyRecords;
  private final boolean revised;
  private transient List<RecordFields<Record>> fields;
  private transient List<RecordFields<Record>> keyFields;
  private transient @Nullable JsonRows rows;

  /** The column of a row that withdraws an answer. */
  public static final String WITHDRAWN = "withdrawn";

  private RowFormat(
      List<Class<? extends Record>> types,
      Split<T> records,
      List<Class<? extends Record>> keyTypes,
      Split<T> keyRecords,
      boolean revised) {
    this.types = types;
    this.records = records;
    this.keyTypes = keyTypes;
    this.keyRecords = keyRecords;
    this.revised = revised;
  }

  /**
   * Answers with these keys and values; keyed by key and window.
   *
   * @throws IllegalArgumentException if a column of the value is named {@link #WITHDRAWN}
   */
  public static <K extends Record, V extends Record> RowFormat<Answer<K, V>> answers(
      Class<K> key, Class<V> value) {
    if (RecordFields.of(value).names().contains(WITHDRAWN)) {
      throw new IllegalArgumentException(
          value.getName()
              + ": a component cannot be named withdrawn, which marks answers that are");
    }
    return new RowFormat<>(
        List.of(key, Window.class, value),
        a -> {
          Window window = new Window(a.start(), a.end(), a.revision());
          return a.isWithdrawn() ? List.of(a.key(), window) : List.of(a.key(), window, a.value());
        },
        List.of(key, WindowKey.class),
        a -> List.of(a.key(), new WindowKey(a.start(), a.end())),
        true);
  }

  /** Answers to act on, with these keys and values; the incident comes first and is the key. */
  public static <K extends Record, V extends Record> RowFormat<Answer<Incident<K>, V>> effects(
      Class<K> key, Class<V> value) {
    return new RowFormat<>(
        List.of(IncidentKey.class, key, Window.class, value),
        a ->
            List.of(
                new IncidentKey(a.key().id()),
                a.key().key(),
                new Window(a.start(), a.end(), a.revision()),
                a.value()),
        List.of(IncidentKey.class),
        a -> List.of(new IncidentKey(a.key().id())),
        true);
  }

  /** Dead letters; keyed by where they came from. */
  public static RowFormat<DeadLetter> deadLetters() {
    return new RowFormat<>(
        List.of(DeadLetter.class),
        d -> List.of(d),
        List.of(Place.class),
        d -> List.of(new Place(d.source(), d.position())),
        false);
  }

  /** Late events; keyed by where they came from. */
  public static RowFormat<LateEvent> late() {
    return new RowFormat<>(
        List.of(LateEvent.class),
        e -> List.of(e),
        List.of(Place.class),
        e -> List.of(new Place(e.source(), e.position())),
        false);
  }

  /**
   * Records of other types, where a later one with the same key and a higher {@code revision}, one
   * of its columns, replaces an earlier one.
   *
   * @param types the records that one row is made of, side by side
   * @param records an element as those records
   * @param keyTypes the records that make the key
   * @param keyRecords the key of an element as those records
   */
  public static <T> RowFormat<T> upserts(
      List<Class<? extends Record>> types,
      Split<T> records,
      List<Class<? extends Record>> keyTypes,
      Split<T> keyRecords) {
    return new RowFormat<>(types, records, keyTypes, keyRecords, true);
  }

  /** The names of the columns, in snake case. */
  public List<String> columns() {
    return fields().stream().flatMap(f -> f.names().stream()).toList();
  }

  /** Whether its rows can be withdrawn: true for answers, except those of effects. */
  public boolean withdraws() {
    return types.contains(Window.class) && !types.contains(IncidentKey.class);
  }

  /** Whether the element withdraws the row with its key, and has no value. */
  public boolean withdrawn(T element) {
    return element instanceof Answer<?, ?> answer && answer.isWithdrawn();
  }

  /** The revision of an answer, or of its withdrawal. */
  public long revision(T element) {
    if (element instanceof Answer<?, ?> answer) {
      return answer.revision();
    }
    throw new IllegalArgumentException("only answers are withdrawn, and this is " + element);
  }

  /**
   * One line of JSON without the line feed. A withdrawal has no columns of the value, and {@code
   * "withdrawn":true} instead.
   */
  public byte[] json(T element) throws IOException {
    return json(fields(), records.apply(element));
  }

  /** The key of the element as JSON; a later element with the same key replaces it. */
  public byte[] jsonKey(T element) throws IOException {
    if (keyFields == null) {
      keyFields = fields(keyTypes);
    }
    return json(keyFields, keyRecords.apply(element));
  }

  /**
   * The name by which a receiver recognises a row that comes a second time: the incident of an
   * effect; of any other row its key as JSON, with the revision of an answer.
   */
  public String name(T element) throws IOException {
    if (keyRecords.apply(element).get(0) instanceof IncidentKey key) {
      return key.incident();
    }
    String key = new String(jsonKey(element), StandardCharsets.UTF_8);
    return element instanceof Answer<?, ?> answer ? key + " " + answer.revision() : key;
  }

  /**
   * One line of CSV without the line feed.
   *
   * @param marked whether the last column is {@link #WITHDRAWN}: true or empty
   */
  public String csv(T element, boolean marked) throws IOException {
    StringBuilder line = new StringBuilder();
    List<Record> parts = records.apply(element);
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        line.append(',');
      }
      fields().get(i).writeCsv(parts.get(i), ',', line);
    }
    for (RecordFields<Record> lacking : fields().subList(parts.size(), fields().size())) {
      line.append(",".repeat(lacking.names().size()));
    }
    if (marked) {
      line.append(withdrawn(element) ? ",true" : ",");
    }
    return line.toString();
  }

  /** The columns of the key; a later row with the same key replaces an earlier one. */
  public List<String> keyColumns() {
    return fields(keyTypes).stream().flatMap(f -> f.names().stream()).toList();
  }

  /** The column that decides which of two rows with the same key counts; empty if there is none. */
  public Optional<String> revisionColumn() {
    return revised ? Optional.of("revision") : Optional.empty();
  }

  /** The Beam schema of a row: its columns, and the fields within them, in snake case. */
  public Schema schema() {
    Schema.Builder schema = Schema.builder();
    for (Class<? extends Record> type : types) {
      SnakeCase.schema(RecordSchemas.schema(type)).getFields().forEach(schema::addField);
    }
    return schema.build();
  }

  /** The columns that are or contain decimals, by path: {@code lots.price}. */
  public List<String> decimals() {
    return decimals("", schema()).toList();
  }

  private static Stream<String> decimals(String path, Schema schema) {
    return schema.getFields().stream()
        .flatMap(field -> decimals(path + field.getName(), field.getType()));
  }

  private static Stream<String> decimals(String path, FieldType type) {
    return switch (type.getTypeName()) {
      case DECIMAL -> Stream.of(path);
      case ROW -> decimals(path + ".", type.getRowSchema());
      case ARRAY, ITERABLE -> decimals(path, type.getCollectionElementType());
      default -> Stream.empty();
    };
  }

  /**
   * The schema of rows that may be withdrawals: the columns of the value may be null, and the last
   * column is {@link #WITHDRAWN}.
   */
  public Schema markedSchema() {
    Schema.Builder schema = Schema.builder();
    int withoutValue =
        types.subList(0, types.size() - 1).stream()
            .mapToInt(type -> RecordFields.of(type).names().size())
            .sum();
    for (Schema.Field field : schema().getFields()) {
      schema.addField(
          schema().indexOf(field.getName()) < withoutValue ? field : field.withNullable(true));
    }
    return schema.addNullableField(WITHDRAWN, FieldType.BOOLEAN).build();
  }

  /**
   * The element as a row of {@link #schema} or {@link #markedSchema}. Columns that a withdrawal
   * does not have are null.
   */
  public Row row(T element, Schema schema) {
    List<Object> values = new ArrayList<>();
    for (Record part : records.apply(element)) {
      for (Object value : toRow(part).getValues()) {
        values.add(SnakeCase.value(value, schema.getField(values.size()).getType()));
      }
    }
    while (values.size() < schema.getFieldCount()) {
      boolean mark = schema.getField(values.size()).getName().equals(WITHDRAWN);
      values.add((mark && withdrawn(element)) ? true : null);
    }
    return Row.withSchema(schema).attachValues(values);
  }

  @SuppressWarnings("unchecked") // the class of an object is a class of its type
  private static <R extends Record> Row toRow(R part) {
    return RecordSchemas.toRow((Class<R>) part.getClass()).apply(part);
  }

  private byte[] json(List<RecordFields<Record>> fields, List<Record> parts) throws IOException {
    JsonRows to = rows == null ? new JsonRows() : rows;
    rows = null; // a generator that failed within a row is of no more use
    to.json.writeStartObject();
    for (int i = 0; i < parts.size(); i++) {
      fields.get(i).writeJson(parts.get(i), to.json);
    }
    if (parts.size() < fields.size()) {
      to.json.writeBooleanField(WITHDRAWN, true);
    }
    to.json.writeEndObject();
    to.json.flush();
    byte[] row = to.bytes.toByteArray();
    to.bytes.reset();
    rows = to;
    return row;
  }

  /**
   * Writes rows with one generator, because creating a generator costs as much as writing a short
   * row.
   */
  private static final class JsonRows {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final JsonGenerator json;

    JsonRows() throws IOException {
      json = JSON.createGenerator(bytes);
      json.setRootValueSeparator(null);
    }
  }

  private List<RecordFields<Record>> fields() {
    if (fields == null) {
      fields = fields(types);
    }
    return fields;
  }

  @SuppressWarnings("unchecked") // the fields of a record apply to that record only
  private static List<RecordFields<Record>> fields(List<Class<? extends Record>> types) {
    List<RecordFields<Record>> fields = new ArrayList<>();
    for (Class<? extends Record> type : types) {
      fields.add((RecordFields<Record>) (RecordFields<?>) RecordFields.of(type));
    }
    return fields;
  }
}
