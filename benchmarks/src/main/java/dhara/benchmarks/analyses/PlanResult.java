package dhara.benchmarks.analyses;

import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How well {@code plan} predicted the speed of backfills, kept as JSON.
 *
 * @param date ISO
 * @param sample how many events it measured with
 * @param analyses by name
 */
record PlanResult(String date, Machine machine, long sample, Map<String, Compared> analyses) {

  private static final String FILE = "plan.json";

  /**
   * A prediction.
   *
   * @param events of the backfill
   * @param predicted events a core and second
   * @param measured events a core and second
   */
  record Compared(long events, double predicted, double measured) {

    /** The error relative to what was measured. */
    double error() {
      return predicted / measured - 1;
    }
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(FILE), AnalysesResult.JSON.writeValueAsString(this) + "\n");
  }

  static Optional<PlanResult> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(AnalysesResult.JSON.readValue(file.toFile(), PlanResult.class))
        : Optional.empty();
  }
}
