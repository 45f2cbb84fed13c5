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
 * @param rate payments a second
 * @param payers how many there are
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
  private static final String FILE = "decisions.json";

  /** The ages of decisions in milliseconds. */
  Histogram histogram() {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(seen.histogram())), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the kept histogram cannot be read", e);
    }
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
  }

  static Optional<DecisionsResult> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), DecisionsResult.class))
        : Optional.empty();
  }
}
