package dhara.serving.rows;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Rows as an array within a JSON object: each row an object by column names, or an array of values.
 * Fields before the rows are written when it is made, fields after them when it ends.
 */
public final class JsonSheet implements Sheet {

  public static final String TYPE = "application/json";

  /** Writes fields of the object around the rows. */
  @FunctionalInterface
  public interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonGenerator json;
  private final SerializableString[] names;
  private final boolean objects;
  private Fields after = fields -> {};

  private JsonSheet(List<SheetColumn> columns, boolean objects, Fields before) throws IOException {
    this.names =
        columns.stream()
            .map(column -> new SerializedString(column.name()))
            .toArray(SerializableString[]::new);
    this.objects = objects;
    this.json = Cells.JSON.createGenerator(out);
    json.writeStartObject();
    before.write(json);
    json.writeArrayFieldStart("rows");
  }

  /** {@code "rows":[{"name":"books","orders":12}]}. */
  public static JsonSheet ofObjects(List<SheetColumn> columns, Fields before) throws IOException {
    return new JsonSheet(columns, true, before);
  }

  /** {@code "rows":[["books",12]]}. */
  public static JsonSheet ofArrays(List<SheetColumn> columns, Fields before) throws IOException {
    return new JsonSheet(columns, false, before);
  }

  @Override
  public void row(List<? extends @Nullable Object> values) throws IOException {
    if (objects) {
      json.writeStartObject();
    } else {
      json.writeStartArray();
    }
    for (int i = 0; i < names.length; i++) {
      if (objects) {
        json.writeFieldName(names[i]);
      }
      Cells.write(json, values.get(i));
    }
    if (objects) {
      json.writeEndObject();
    } else {
      json.writeEndArray();
    }
  }

  /** Sets the fields that follow the rows. */
  public void after(Fields fields) {
    after = fields;
  }

  @Override
  public long size() {
    return out.size();
  }

  @Override
  public byte[] bytes() throws IOException {
    json.writeEndArray();
    after.write(json);
    json.writeEndObject();
    json.close();
    return out.toByteArray();
  }
}
