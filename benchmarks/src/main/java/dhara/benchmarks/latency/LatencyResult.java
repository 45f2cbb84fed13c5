package dhara.benchmarks.latency;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dhara.benchmarks.harness.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What a measurement of latency found, kept as JSON.
 *
 * @param date ISO
 * @param machine where
 * @param command Dhara's, without what only this run needs
 * @param rate events a second that were asked for
 * @param keys how many users
 * @param warmupSeconds before measuring
 * @param measuredSeconds how long events were measured
 * @param written what the writer wrote
 * @param seen what the reader saw
 * @param cpuSeconds processor time of each process over the measured time
 */
record LatencyResult(
    String date,
    Machine machine,
    String command,
    long rate,
    long keys,
    long warmupSeconds,
    long measuredSeconds,
    Load.Written written,
    Watch.Seen seen,
    Map<String, Double> cpuSeconds) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String FILE = "latency.json";

  /** When the measured time began, epoch milliseconds. */
  long fromMillis() {
    return written.startMillis() + warmupSeconds * 1000;
  }

  /** How many events were measured. */
  long measured() {
    return histogram().getTotalCount();
  }

  /** Latencies in milliseconds. */
  Histogram histogram() {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(seen.histogram())), 0);
    } catch (DataFormatException e) {
      throw new IllegalStateException("the kept histogram cannot be read", e);
    }
  }

  /** Events that had happened and were in no answer yet, at each second of the measured time. */
  List<Long> waiting() {
    return seen.seconds().stream()
        .filter(
            second ->
                second.atMillis() >= fromMillis()
                    && second.atMillis() < fromMillis() + measuredSeconds * 1000)
        .map(second -> (second.atMillis() - written.startMillis()) * rate / 1000 - second.events())
        .toList();
  }

  /** How many wait on average over a part of the measured time: thirds, counted from 0. */
  double waitingInThird(int third) {
    List<Long> waiting = waiting();
    return waiting.subList(waiting.size() * third / 3, waiting.size() * (third + 1) / 3).stream()
        .mapToLong(Long::longValue)
        .average()
        .orElse(Double.NaN);
  }

  /** Events that came into answers a second, over the measured time. */
  double coveredPerSecond() {
    List<Watch.Second> within =
        seen.seconds().stream()
            .filter(
                second ->
                    second.atMillis() >= fromMillis()
                        && second.atMillis() < fromMillis() + measuredSeconds * 1000)
            .toList();
    if (within.size() < 2) {
      return Double.NaN;
    }
    Watch.Second first = within.get(0);
    Watch.Second last = within.get(within.size() - 1);
    return (last.events() - first.events()) * 1000.0 / (last.atMillis() - first.atMillis());
  }

  /**
   * Whether events come into answers as fast as they happen: at the asked rate within a hundredth,
   * with no more than half a second's worth more waiting in the last third than in the first, and
   * none missing at the end.
   */
  boolean keepsUp() {
    return coveredPerSecond() > 0.99 * rate
        && waitingInThird(2) - waitingInThird(0) < rate / 2.0
        && seen.events() == written.acknowledged()
        && written.acknowledged() == written.sent();
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
  }

  static Optional<LatencyResult> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), LatencyResult.class))
        : Optional.empty();
  }
}
