package dhara.tools.calibrate;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a sample while they are written, one for each input. */
final class SampleFiles implements Closeable {

  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final Map<String, OutputStream> open = new LinkedHashMap<>();

  private SampleFiles() {}

  /**
   * Opens a file for each input.
   *
   * @param folder is created if it does not exist
   */
  static SampleFiles in(Path folder, Iterable<String> inputs) throws IOException {
    Files.createDirectories(folder);
    SampleFiles files = new SampleFiles();
    for (String input : inputs) {
      Path path = folder.resolve(input + ".jsonl");
      files.paths.put(input, path);
      files.open.put(input, new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
    }
    return files;
  }

  /** Where they are, by input. */
  Map<String, Path> paths() {
    return paths;
  }

  /** Adds a line, which ends with a line feed. */
  void write(String input, byte[] line) throws IOException {
    open.get(input).write(line);
  }

  /** Copies the first lines of a file. */
  void copy(String input, Path from, long lines) throws IOException {
    // Each byte stands for itself, so that garbage stays as it is.
    try (BufferedReader reader = Files.newBufferedReader(from, StandardCharsets.ISO_8859_1)) {
      for (long i = 0; i < lines; i++) {
        write(input, (reader.readLine() + "\n").getBytes(StandardCharsets.ISO_8859_1));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (OutputStream file : open.values()) {
      file.close();
    }
  }
}
