package dhara.tools.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dhara.scratch.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The report of a finished replay.
 *
 * @param speed the speed that the user asked for; null for as fast as possible
 * @param lanes what was sent of each input
 * @param elapsed from the first line to the last acknowledgement
 */
record ReplayReport(
    String analysis, @Nullable Double speed, List<Lane<?>> lanes, Duration elapsed) {

  /** A line for each topic, for a person. */
  List<String> said() {
    return lanes.stream()
        .map(
            lane ->
                "%s: %s in %.1f s, %,d/s"
                    .formatted(
                        lane.topic(),
                        lane.truth().said(),
                        elapsed.toMillis() / 1e3,
                        perSecond(lane.truth().records())))
        .toList();
  }

  private long perSecond(long records) {
    return Math.round(records / Math.max(1e-3, elapsed.toNanos() / 1e9));
  }

  /** As JSON, to a file that is either complete or absent. */
  void write(Path file) throws IOException {
    WholeFile.write(file, this::write);
  }

  /** As JSON: an object, and if several inputs were sent, one for each of them in it. */
  void write(OutputStream out) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("analysis", analysis);
      if (lanes.size() == 1) {
        write(lanes.get(0), json);
      } else {
        json.writeArrayFieldStart("inputs");
        for (Lane<?> lane : lanes) {
          json.writeStartObject();
          write(lane, json);
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      if (speed == null) {
        json.writeNullField("speed");
      } else {
        json.writeNumberField("speed", speed);
      }
      json.writeNumberField("elapsedMillis", elapsed.toMillis());
      json.writeNumberField(
          "recordsPerSecond",
          perSecond(lanes.stream().mapToLong(lane -> lane.truth().records()).sum()));
      json.writeEndObject();
      json.writeRaw('\n');
    }
    out.flush();
  }

  private static void write(Lane<?> lane, JsonGenerator json) throws IOException {
    json.writeStringField("input", lane.input());
    json.writeStringField("topic", lane.topic().topic());
    lane.truth().write(json);
  }
}
