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
 * object or row that others began, so that a key, a window and a value become one. Equal records
 * are written as the same bytes everywhere. Immutable, and safe to share between threads.
 *
 * <p>Instants are ISO-8601 in UTC, to the millisecond or, where that does not say it all, the
 * microsecond (nanoseconds are cut). Doubles are the shortest text that reads back as the same
 * double; NaN and the infinities are null, which neither format can say otherwise. Bytes are
 * Base64. An empty Optional is null; null is null in JSON and an empty cell in CSV.
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
   * @throws IllegalArgumentException where it has components that no format writes
   */
  public static <T extends Record> RecordFields<T> of(Class<T> type) {
    return new RecordFields<>(type);
  }

  /** The accessors are found again where it arrives. */
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

  /** Writes the components as fields of the object that is open. */
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

  /** Writes the components as cells, with delimiters between them but none around them. */
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

  /** Appends a cell, in quotes where RFC 4180 asks for them. */
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
