package dhara.benchmarks.analyses;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What backfills of the analyses took, kept as JSON.
 *
 * @param analyses by name
 */
record AnalysesResult(Map<String, Measured> analyses) {

  static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final String FILE = "analyses.json";

  /**
   * The runs of an analysis.
   *
   * @param date ISO
   */
  record Measured(String date, Machine machine, List<Run> runs) {

    /** Events a second of one core, the median of all runs. */
    double eventsPerCoreSecond() {
      double[] sorted =
          runs.stream().mapToDouble(run -> run.events() * 1e9 / run.cpuNanos()).sorted().toArray();
      int n = sorted.length;
      return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
  }

  /**
   * A run.
   *
   * @param events all records that were read, of all inputs
   * @param answers of all outputs
   */
  record Run(long events, long answers, long wallNanos, long cpuNanos) {}

  static AnalysesResult none() {
    return new AnalysesResult(Map.of());
  }

  /** The same with new runs of some analyses. */
  AnalysesResult with(String date, Machine machine, Map<String, List<Run>> runs) {
    Map<String, Measured> all = new TreeMap<>(analyses);
    runs.forEach((name, each) -> all.put(name, new Measured(date, machine, each)));
    return new AnalysesResult(all);
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
  }

  static Optional<AnalysesResult> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), AnalysesResult.class))
        : Optional.empty();
  }
}
