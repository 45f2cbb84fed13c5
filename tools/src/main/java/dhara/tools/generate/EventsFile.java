package dhara.tools.generate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dhara.pipelines.Analysis;
import dhara.pipelines.Input;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * A file of the events of one input, while it is written. It has a temporary name until it is
 * complete, so a reader never sees a partial file, and finds its truth file beside it.
 */
final class EventsFile implements Closeable {

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final Input<?> input;
  private final Path lines;
  private final Path truths;
  private final OutputStream out;
  private final Planting planting;

  private EventsFile(Path file, Input<?> input, Faults faults, LineWriter writer)
      throws IOException {
    this.file = file;
    this.input = input;
    String mine = "." + file.getFileName() + "." + ProcessHandle.current().pid();
    this.lines = file.resolveSibling(mine + ".tmp");
    this.truths = file.resolveSibling(mine + ".truth.tmp");
    this.out = new BufferedOutputStream(Files.newOutputStream(lines), BUFFER);
    this.planting = planting(faults, writer, out);
  }

  static EventsFile open(Path file, Input<?> input, Faults faults, LineWriter writer)
      throws IOException {
    return new EventsFile(file, input, faults, writer);
  }

  /** Plants faults among events that are written as lines. */
  static Planting planting(Faults faults, LineWriter writer, OutputStream out) {
    return new Planting(
        faults,
        writer,
        line -> {
          out.write(line);
          out.write('\n');
        });
  }

  /** What takes its events. */
  Planting planting() {
    return planting;
  }

  /** After the last event: gives the file its name, and describes its content. */
  String finish(Analysis<?> analysis, GenerateOptions options) throws IOException {
    Planting.Truth truth = planting.end();
    out.close();
    write(truth, analysis, options);
    Path beside = file.resolveSibling(file.getFileName() + ".truth.json");
    Files.move(truths, beside, StandardCopyOption.ATOMIC_MOVE);
    Files.move(lines, file, StandardCopyOption.ATOMIC_MOVE);
    return file + ": " + truth.said();
  }

  private void write(Planting.Truth truth, Analysis<?> analysis, GenerateOptions options)
      throws IOException {
    try (JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(truths))) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("analysis", analysis.name());
      json.writeStringField("input", input.name());
      if (options.getScenario() != null) {
        json.writeStringField("scenario", options.getScenario());
      }
      json.writeNumberField("seed", options.getSeed());
      json.writeStringField("disorder", options.getDisorder().toString());
      json.writeNumberField("lines", truth.lines());
      json.writeNumberField("events", truth.events());
      json.writeNumberField("duplicates", truth.duplicates());
      write("deadLetters", truth.deadLetters(), json);
      if (!truth.planted().isEmpty()) {
        write("planted", truth.planted(), json);
      }
      json.writeEndObject();
    }
  }

  private static void write(String name, Map<?, Long> counts, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<?, Long> count : counts.entrySet()) {
      json.writeNumberField(count.getKey().toString(), count.getValue());
    }
    json.writeEndObject();
  }

  /** Deletes an unfinished file. */
  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(lines);
    Files.deleteIfExists(truths);
  }
}
