package dhara.parity.nab;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.transforms.anomaly.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A labelled series of the Numenta Anomaly Benchmark.
 *
 * @param name its folder and file
 * @param samples in the order of the file; the times are without a zone, and are taken for UTC
 * @param windows the anomalies, in order
 */
public record NabSeries(String name, List<Sample> samples, List<Labelled> windows) {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final int SECONDS = "2014-04-10 07:15:00".length();

  /**
   * Samples that an anomaly is in.
   *
   * @param first index of the first one
   * @param last index of the last one, which is included
   */
  public record Labelled(int first, int last) {}

  /** The series of a folder that has data/ and labels/combined_windows.json, by their names. */
  public static List<NabSeries> in(Path folder) throws IOException {
    Map<String, List<List<String>>> labels =
        new ObjectMapper()
            .readValue(
                folder.resolve("labels/combined_windows.json").toFile(), new TypeReference<>() {});
    List<NabSeries> series = new ArrayList<>();
    Path data = folder.resolve("data");
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        String name = data.relativize(file).toString();
        List<List<String>> windows = labels.get(name);
        if (windows == null) {
          throw new IllegalArgumentException("no labels for " + file);
        }
        series.add(read(name, file, windows));
      }
    }
    return series;
  }

  private static NabSeries read(String name, Path file, List<List<String>> windows)
      throws IOException {
    List<Sample> samples = new ArrayList<>();
    List<String> times = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] cells = line.split(",", -1);
      if (!cells[0].equals("timestamp")) {
        times.add(cells[0]);
        samples.add(
            new Sample(
                LocalDateTime.parse(cells[0], TIME).toInstant(ZoneOffset.UTC),
                Double.parseDouble(cells[1])));
      }
    }
    List<Labelled> labelled = new ArrayList<>();
    for (List<String> window : windows) {
      int first = times.indexOf(window.get(0).substring(0, SECONDS));
      int last = times.indexOf(window.get(1).substring(0, SECONDS));
      if (first < 0 || last < first) {
        throw new IllegalArgumentException("%s has no samples of %s".formatted(file, window));
      }
      labelled.add(new Labelled(first, last));
    }
    return new NabSeries(name, samples, labelled);
  }
}
