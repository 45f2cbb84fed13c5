package dhara.formats;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.formats.mapping.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * A record's components as columns in snake case: the reverse of the formats. It writes into an
 * object or row that the caller began, so a key, a window and a value become one. Equal records are
 * written as the same bytes everywhere. It is immutable and safe to share between threads.
 *
 * <p>Instants are ISO-8601 in UTC, to the millisecond or, if needed, the microsecond (nanoseconds
 * are truncated). Doubles are the shortest text that parses to the same double; NaN and the
 * infinities are written as null, because neither format has them. Bytes are Base64. An empty
 * Optional is null; null is null in JSON and an empty cell in CSV.
 *
 * <pre>{@code
 * RecordFields<Totals> fields = RecordFields.of(Totals.class);
 * json.writeStartObject();
 * fields.writeJson(totals, json);
 * json.writeEndObject();
 * }</pre>
 */
public final class RecordFields<T extends Record> implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final JsonFactory JSON = new JsonFactory();

  private final Class<T> type;
  private final transient ComponentWriter[] writers;
  private final transient List<String> names;

  private RecordFields(Class<T> type) {
    this.type = type;
    writers =
        Arrays.stream(type.getRecordComponents())
            .map(ComponentWriter::of)
            .toArray(ComponentWriter[]::new);
    names =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .map(Names::snake)
            .toList();
  }

  /**
   * The fields of a record.
   *
   * @throws IllegalArgumentException if it has components that no format writes
   */
  public static <T extends Record> RecordFields<T> of(Class<T> type) {
    return new RecordFields<>(type);
  }

  /** Looks the accessors up again after deserialization. */
  private Object readResolve() {
    return new RecordFields<>(type);
  }

  /** The record's class. */
  public Class<T> type() {
    return type;
  }

  /** The columns, in the order of the components. */
  public List<String> names() {
    return names;
  }

  /** Writes the components as fields of the open object. */
  public void writeJson(T record, JsonGenerator json) throws IOException {
    for (ComponentWriter writer : writers) {
      json.writeFieldName(writer.name());
      writer.writeJson(record, json);
    }
  }

  /** The record as a JSON object, in UTF-8 and on one line. */
  public byte[] json(T record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      writeJson(record, json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + record, e);
    }
    return bytes.toByteArray();
  }

  /** Writes the components as cells, with delimiters only between them. */
  public void writeCsv(T record, char delimiter, StringBuilder row) {
    for (int i = 0; i < writers.length; i++) {
      if (i > 0) {
        row.append(delimiter);
      }
      cell(writers[i].csv(record), delimiter, row);
    }
  }

  /** Writes the names as cells of a header. */
  public void writeHeader(char delimiter, StringBuilder row) {
    for (int i = 0; i < writers.length; i++) {
      if (i > 0) {
        row.append(delimiter);
      }
      cell(names.get(i), delimiter, row);
    }
  }

  /** Appends a cell, quoted if RFC 4180 requires it. */
  public static void cell(String text, char delimiter, StringBuilder row) {
    if (!needsQuotes(text, delimiter)) {
      row.append(text);
      return;
    }
    row.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      row.append(c);
      if (c == '"') {
        row.append(c);
      }
    }
    row.append('"');
  }

  private static boolean needsQuotes(String text, char delimiter) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == delimiter || c == '"' || c == '\n' || c == '\r') {
        return true;
      }
    }
    return !text.isEmpty() && (text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ');
  }
}
