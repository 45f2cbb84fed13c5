package dhara.tools.calibrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.formats.RecordFields;
import dhara.pipelines.Output;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The answers of an output that a run has written.
 *
 * @param output the output
 * @param rows how many answers
 * @param keys how many distinct keys they have
 * @param window the median length of their windows; zero if there are none
 */
public record OutputRows(String output, long rows, long keys, Duration window) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads the files of an output.
   *
   * @param answers the folder of all outputs
   */
  static OutputRows of(Output<?, ?> output, Path answers) throws IOException {
    List<String> columns = RecordFields.of(output.key()).names();
    Set<String> keys = new HashSet<>();
    List<Duration> windows = new ArrayList<>();
    for (Path file : files(answers.resolve(output.name()))) {
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          JsonNode row = JSON.readTree(line);
          StringBuilder key = new StringBuilder();
          columns.forEach(column -> key.append(row.path(column)).append('\t'));
          keys.add(key.toString());
          windows.add(
              Duration.between(
                  Instant.parse(row.path("window_start").asText()),
                  Instant.parse(row.path("window_end").asText())));
        }
      }
    }
    Collections.sort(windows);
    return new OutputRows(
        output.name(),
        windows.size(),
        keys.size(),
        windows.isEmpty() ? Duration.ZERO : windows.get(windows.size() / 2));
  }

  /** The files of a folder with rows; none if the run did not write it. */
  static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of(); // an output that a backfill holds back
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> !file.getFileName().toString().matches("[._].*")).sorted().toList();
    }
  }
}
