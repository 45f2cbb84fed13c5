package dhara.serving.push;

import com.fasterxml.jackson.core.JsonGenerator;
import dhara.serving.rows.Cells;
import dhara.serving.views.ServingStatus;
import dhara.serving.views.ServingStatus.AnalysisStatus;
import dhara.serving.views.ServingStatus.PlaceStatus;
import dhara.serving.views.ServingStatus.ViewStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The state of the server as JSON: what {@code GET /api/status} and the event {@code status} say.
 */
public final class StatusJson {

  /** The columns of a ledger by which a record leaves. */
  private static final List<String> EXITS =
      List.of("aggregated", "dead_lettered", "late", "duplicate", "filtered");

  private StatusJson() {}

  /** The object, in UTF-8. */
  public static byte[] of(ServingStatus status, ViewPace pace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Cells.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("now", Cells.text(status.at()));
      json.writeStringField("started", Cells.text(status.started()));
      json.writeNumberField("lastChange", status.lastChange());
      json.writeArrayFieldStart("views");
      for (ViewStatus view : status.views()) {
        view(json, view, status, pace);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("analyses");
      for (AnalysisStatus analysis : status.analyses()) {
        analysis(json, analysis);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    return out.toByteArray();
  }

  private static void view(JsonGenerator json, ViewStatus view, ServingStatus status, ViewPace pace)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("view", view.view());
    json.writeNumberField("rows", view.rows());
    json.writeNumberField("superseded", view.superseded());
    json.writeNumberField("taken", view.taken());
    json.writeNumberField("conflicts", view.conflicts());
    json.writeNumberField("expired", view.expired());
    json.writeStringField("newestWindow", Cells.textOrNull(view.newestWindow()));
    json.writeStringField("watermark", Cells.textOrNull(view.watermark()));
    json.writeStringField("lateness", view.lateness() == null ? null : view.lateness().toString());
    json.writeNumberField("lagRecords", view.lag());
    OptionalDouble perSecond = pace.rowsPerSecond(view.view());
    json.writeFieldName("rowsPerSecond");
    Cells.write(json, perSecond.isPresent() ? perSecond.getAsDouble() : null);
    Optional<ViewPace.Delays> delays = pace.delays(view.view(), status.at());
    json.writeFieldName("latencyMillis");
    if (delays.isPresent()) {
      json.writeStartObject();
      json.writeNumberField("count", delays.get().count());
      json.writeNumberField("p50", delays.get().p50());
      json.writeNumberField("p95", delays.get().p95());
      json.writeNumberField("p99", delays.get().p99());
      json.writeEndObject();
    } else {
      json.writeNull();
    }
    json.writeArrayFieldStart("places");
    for (PlaceStatus place : view.places()) {
      place(json, place);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void place(JsonGenerator json, PlaceStatus place) throws IOException {
    json.writeStartObject();
    json.writeStringField("uri", place.uri());
    json.writeStringField("state", place.state().name().toLowerCase(Locale.ROOT));
    json.writeStringField("note", place.note());
    json.writeObjectFieldStart("positions");
    for (Map.Entry<String, String> position : new TreeMap<>(place.positions()).entrySet()) {
      json.writeStringField(position.getKey(), position.getValue());
    }
    json.writeEndObject();
    json.writeNumberField("lag", place.lag());
    json.writeNumberField("unreadable", place.unreadable());
    json.writeStringField("lastRow", Cells.textOrNull(place.lastRow()));
    json.writeEndObject();
  }

  private static void analysis(JsonGenerator json, AnalysisStatus analysis) throws IOException {
    json.writeStartObject();
    json.writeStringField("analysis", analysis.analysis());
    json.writeArrayFieldStart("ledger");
    for (Map<String, @Nullable Object> input : analysis.ledger()) {
      json.writeStartObject();
      for (Map.Entry<String, @Nullable Object> column : input.entrySet()) {
        json.writeFieldName(column.getKey());
        Cells.write(json, column.getValue());
      }
      long inFlight = count(input, "read");
      for (String exit : EXITS) {
        inFlight -= count(input, exit);
      }
      json.writeNumberField("in_flight", inFlight);
      json.writeBooleanField("balanced", inFlight == 0);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("deadLetters");
    for (Map.Entry<String, Long> reason : new TreeMap<>(analysis.deadLetters()).entrySet()) {
      json.writeStartObject();
      json.writeStringField("reason", reason.getKey());
      json.writeNumberField("records", reason.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("late", analysis.late());
    json.writeArrayFieldStart("silent");
    for (String input : analysis.silent()) {
      json.writeString(input);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static long count(Map<String, @Nullable Object> input, String column) {
    return input.get(column) instanceof Number number ? number.longValue() : 0;
  }
}
