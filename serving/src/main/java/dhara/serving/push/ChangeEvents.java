package dhara.serving.push;

import com.fasterxml.jackson.core.JsonGenerator;
import dhara.serving.rows.Cells;
import dhara.serving.views.ServedView;
import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The changes of one view, coalesced: of several changes of a row only the last is kept. As an
 * event its data are {@code {"view":"…","at":"…","upserts":[{…}],"removals":[{…}]}}.
 */
final class ChangeEvents {

  private final ServedView view;
  private final List<ViewColumn> named;
  private final int[] identity;
  private final Map<List<@Nullable Object>, @Nullable List<@Nullable Object>> rows =
      new LinkedHashMap<>();
  private Instant at = Instant.EPOCH;

  ChangeEvents(ServedView view) {
    this.view = view;
    this.named = new ArrayList<>(view.columns(Role.KEY));
    named.addAll(view.columns(Role.WINDOW));
    this.identity = named.stream().mapToInt(view.columns()::indexOf).toArray();
  }

  /** Adds a change that follows all added so far. */
  void add(ViewChange change) {
    at = change.at();
    // A row may be in both, and then it is replaced.
    for (List<@Nullable Object> key : change.removals()) {
      rows.put(key, null);
    }
    for (List<@Nullable Object> row : change.upserts()) {
      List<@Nullable Object> key = new ArrayList<>(identity.length);
      for (int column : identity) {
        key.add(row.get(column));
      }
      rows.put(key, row);
    }
  }

  /** The event, without an id and without the blank line that ends it. */
  byte[] event() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("event: changes\ndata: ".getBytes(StandardCharsets.UTF_8));
    try (JsonGenerator json = Cells.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("view", view.name());
      json.writeStringField("at", Cells.text(at));
      json.writeArrayFieldStart("upserts");
      for (List<@Nullable Object> row : rows.values()) {
        if (row != null) {
          write(json, view.columns(), row);
        }
      }
      json.writeEndArray();
      json.writeArrayFieldStart("removals");
      for (Map.Entry<List<@Nullable Object>, @Nullable List<@Nullable Object>> row :
          rows.entrySet()) {
        if (row.getValue() == null) {
          write(json, named, row.getKey());
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void write(
      JsonGenerator json, List<ViewColumn> columns, List<@Nullable Object> values)
      throws IOException {
    json.writeStartObject();
    for (int i = 0; i < columns.size(); i++) {
      json.writeFieldName(columns.get(i).name());
      Cells.write(json, values.get(i));
    }
    json.writeEndObject();
  }
}
