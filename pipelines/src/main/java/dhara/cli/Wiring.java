package dhara.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.formats.RecordFields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Connects the command with what builds pipelines and what writes lines. */
final class Wiring {

  private static final JsonFactory JSON = new JsonFactory();

  private Wiring() {}

  static Dhara dhara(Console console) {
    return new Dhara(console, AnalysisJob::of, Wiring::line);
  }

  private static final ClassValue<RecordFields<?>> FIELDS =
      new ClassValue<>() {
        @Override
        protected RecordFields<?> computeValue(Class<?> type) {
          return RecordFields.of(type.asSubclass(Record.class));
        }
      };

  @SuppressWarnings("unchecked") // the fields of an event's own class
  private static byte[] line(Record event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      ((RecordFields<Record>) FIELDS.get(event.getClass())).writeJson(event, json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toByteArray();
  }
}
