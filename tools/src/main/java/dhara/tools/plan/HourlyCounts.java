package dhara.tools.plan;

import dhara.options.BadOption;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many events came in each hour of UTC, from a file of counts: lines {@code TIME,COUNT}, with
 * or without a header. A time is the start of what is counted, ISO-8601 with its zone. Counts may
 * be of any length up to an hour, all of the same; those of an hour are added up. An hour that
 * lacks one of them is left out, so a time without events needs a line with 0.
 *
 * @param events by the start of the hour, in order
 */
record HourlyCounts(NavigableMap<Instant, Double> events) {

  private static final String EXAMPLE = "2026-10-01T00:00:00Z,1200";

  /**
   * Reads a file.
   *
   * @throws BadOption if it cannot be read, a line is no time and count, or no hour is complete
   */
  static HourlyCounts read(String option, String file) {
    SortedMap<Instant, Double> counts = new TreeMap<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        int comma = line.indexOf(',');
        boolean header = number == 1 && !line.isEmpty() && Character.isLetter(line.charAt(0));
        if (line.isBlank() || header) {
          continue;
        }
        if (comma < 0 || !put(counts, line.substring(0, comma), line.substring(comma + 1))) {
          throw new BadOption(
              option, file, "line " + number + " is no TIME,COUNT, such as " + EXAMPLE);
        }
      }
    } catch (IOException e) {
      throw new BadOption(
          option, file, "cannot be read (" + e + "); name a CSV file of " + EXAMPLE, e);
    }
    HourlyCounts hours = of(counts);
    if (hours.events.isEmpty()) {
      throw new BadOption(
          option, file, "holds no complete hour; give lines TIME,COUNT for whole hours");
    }
    return hours;
  }

  private static boolean put(Map<Instant, Double> counts, String time, String count) {
    try {
      Instant at = OffsetDateTime.parse(time.strip()).toInstant();
      double value = Double.parseDouble(count.strip());
      return value >= 0 && Double.isFinite(value) && counts.put(at, value) == null;
    } catch (DateTimeException | NumberFormatException e) {
      return false;
    }
  }

  /** Adds counts up to hours. */
  static HourlyCounts of(SortedMap<Instant, Double> counts) {
    Duration step = step(counts);
    long complete = step.isZero() ? 1 : Math.max(1, Duration.ofHours(1).dividedBy(step));
    NavigableMap<Instant, Double> sums = new TreeMap<>();
    Map<Instant, Long> parts = new HashMap<>();
    counts.forEach(
        (at, count) -> {
          Instant hour = at.truncatedTo(ChronoUnit.HOURS);
          sums.merge(hour, count, Double::sum);
          parts.merge(hour, 1L, Long::sum);
        });
    sums.keySet().removeIf(hour -> parts.get(hour) < complete);
    return new HourlyCounts(sums);
  }

  /** The most frequent distance of two counts; zero if there is only one. */
  private static Duration step(SortedMap<Instant, Double> counts) {
    Map<Duration, Long> steps = new HashMap<>();
    Instant before = null;
    for (Instant at : counts.keySet()) {
      if (before != null) {
        steps.merge(Duration.between(before, at), 1L, Long::sum);
      }
      before = at;
    }
    return steps.entrySet().stream()
        .max(
            Map.Entry.<Duration, Long>comparingByValue()
                .thenComparing(Map.Entry.<Duration, Long>comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(Duration.ZERO);
  }
}
