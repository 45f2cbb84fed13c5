package dhara.benchmarks.decisions;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a measurement of decisions found, kept as JSON.
 *
 * @param date ISO
 * @param machine where
 * @param command Dhara's, without what only this run needs
 * @param rate events a second
 * @param payers how many people they are of
 * @param warmupSeconds before measuring
 * @param measuredSeconds how long
 * @param seen what the peer saw
 * @param checkpointBytes the size of the last checkpoint
 * @param cpuSeconds processor time of each process over the measured time
 */
record DecisionsResult(
    String date,
    Machine machine,
    String command,
    int rate,
    int payers,
    int warmupSeconds,
    int measuredSeconds,
    Peer.Seen seen,
    long checkpointBytes,
    Map<String, Double> cpuSeconds) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** The ages of decisions in milliseconds. */
  Histogram histogram() {
    return decoded(seen.histogram());
  }

  /** Those of the decisions about the events since the swap of a model, if there was one. */
  Optional<Histogram> afterSwap() {
    return Optional.ofNullable(seen.afterSwap()).map(DecisionsResult::decoded);
  }

  private static Histogram decoded(String histogram) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(histogram)), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the kept histogram cannot be read", e);
    }
  }

  void write(Path folder, DecidedAnalysis analysis) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(file(analysis)), JSON.writeValueAsString(this) + "\n");
  }

  static Optional<DecisionsResult> read(Path folder, DecidedAnalysis analysis) throws IOException {
    Path file = folder.resolve(file(analysis));
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), DecisionsResult.class))
        : Optional.empty();
  }

  private static String file(DecidedAnalysis analysis) {
    return analysis == DecidedAnalysis.FRAUD
        ? "decisions.json"
        : "decisions-" + analysis.work() + ".json";
  }
}
