package dhara.tools.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dhara.scratch.Scratch;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A list of ids that may be too long for memory; it is kept in a temporary file. */
final class IdSpool implements AutoCloseable {

  private @Nullable Path folder;
  private @Nullable Path file;
  private @Nullable BufferedWriter writer;
  private long size;

  void add(String id) throws IOException {
    if (writer == null) {
      folder = Scratch.ofProcess().folder("ids");
      file = folder.resolve("ids");
      writer = Files.newBufferedWriter(file);
    }
    writer.write(JsonStringEncoder.getInstance().quoteAsString(id));
    writer.write('\n');
    size++;
  }

  long size() {
    return size;
  }

  /** Writes the ids as an array. */
  void write(String name, JsonGenerator json) throws IOException {
    json.writeArrayFieldStart(name);
    if (writer != null && file != null) {
      writer.flush();
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String id = lines.readLine(); id != null; id = lines.readLine()) {
          json.writeRawValue('"' + id + '"');
        }
      }
    }
    json.writeEndArray();
  }

  @Override
  public void close() throws IOException {
    if (writer != null && folder != null) {
      writer.close();
      Scratch.ofProcess().delete(folder);
    }
  }
}
