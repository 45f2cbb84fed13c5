package dhara.benchmarks.profile;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A profile, kept as JSON.
 *
 * @param what was recorded
 * @param date ISO
 * @param machine where
 * @param events of each run
 * @param runs how many were sampled
 * @param samples what the samples show
 */
record ProfileResult(
    String what, String date, Machine machine, long events, int runs, Samples samples) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String FOLDER = "profiles";

  void write(Path kept) throws IOException {
    Path folder = Files.createDirectories(kept.resolve(FOLDER));
    Files.writeString(folder.resolve(what + ".json"), JSON.writeValueAsString(this) + "\n");
  }

  /** All that are kept, by name. */
  static List<ProfileResult> read(Path kept) throws IOException {
    Path folder = kept.resolve(FOLDER);
    List<ProfileResult> results = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
          results.add(JSON.readValue(file.toFile(), ProfileResult.class));
        }
      }
    }
    return results;
  }
}
