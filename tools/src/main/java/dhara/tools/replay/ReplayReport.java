package dhara.tools.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dhara.scratch.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a replay that has ended says.
 *
 * @param speed what the user asked for; null for as fast as it went
 * @param truth what was sent
 * @param elapsed from the first line to the last acknowledgement
 */
record ReplayReport(
    String analysis,
    String input,
    String topic,
    @Nullable Double speed,
    ReplayTruth truth,
    Duration elapsed) {

  /** In one line, for a person. */
  String said() {
    return "%s in %.1f s, %,d/s".formatted(truth.said(), elapsed.toMillis() / 1e3, perSecond());
  }

  private long perSecond() {
    return Math.round(truth.records() / Math.max(1e-3, elapsed.toNanos() / 1e9));
  }

  /** As JSON, to a file that is whole or absent. */
  void write(Path file) throws IOException {
    WholeFile.write(file, this::write);
  }

  /** As JSON. */
  void write(OutputStream out) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("analysis", analysis);
      json.writeStringField("input", input);
      json.writeStringField("topic", topic);
      if (speed == null) {
        json.writeNullField("speed");
      } else {
        json.writeNumberField("speed", speed);
      }
      truth.write(json);
      json.writeNumberField("elapsedMillis", elapsed.toMillis());
      json.writeNumberField("recordsPerSecond", perSecond());
      json.writeEndObject();
      json.writeRaw('\n');
    }
    out.flush();
  }
}
