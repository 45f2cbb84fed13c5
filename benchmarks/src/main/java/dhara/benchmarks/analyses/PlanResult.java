package dhara.benchmarks.analyses;

import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How well {@code plan} predicted the speed of backfills, kept as JSON.
 *
 * @param analyses by name
 */
record PlanResult(Map<String, Compared> analyses) {

  private static final String FILE = "plan.json";

  /**
   * A prediction.
   *
   * @param date ISO
   * @param sample how many events it was measured with
   * @param events of the backfill
   * @param predicted events a core and second
   * @param measured events a core and second
   */
  record Compared(
      String date, Machine machine, long sample, long events, double predicted, double measured) {

    /** The error relative to what was measured. */
    double error() {
      return predicted / measured - 1;
    }
  }

  static PlanResult none() {
    return new PlanResult(Map.of());
  }

  /** The same with an analysis, measured again or for the first time. */
  PlanResult with(String name, Compared compared) {
    Map<String, Compared> all = new TreeMap<>(analyses);
    all.put(name, compared);
    return new PlanResult(all);
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
