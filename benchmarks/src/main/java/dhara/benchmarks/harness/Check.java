package dhara.benchmarks.harness;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The expected ratios of a short run: for some contestants, the processor time of their work's
 * reference divided by their own, as measured in a short run. A third of the median is the floor.
 * Processor time is used because other load on the machine disturbs it least. A third is outside
 * the noise, because only ratios whose rounds differ by less than a factor of three can be noted.
 *
 * @param expected the ratio by {@code work/contestant}
 */
record Check(Map<String, Spread> expected) {

  static final double SHARE = 1 / 3.0;

  /** Reads what {@link #write} wrote. */
  static Check read(Path file) throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      lines.load(in);
    }
    Map<String, Spread> expected = new TreeMap<>();
    lines.forEach((name, ratio) -> expected.put((String) name, spread((String) ratio)));
    return new Check(expected);
  }

  private static Spread spread(String text) {
    String[] figures = text.split(" ", 3);
    return new Spread(
        Double.parseDouble(figures[1]),
        Double.parseDouble(figures[0]),
        Double.parseDouble(figures[2]));
  }

  boolean covers(Work work) {
    return work.entrants().stream().anyMatch(entrant -> covers(work, entrant));
  }

  boolean covers(Work work, Entrant entrant) {
    return expected.containsKey(work.name() + "/" + entrant.name());
  }

  /** A line for each ratio below its floor. */
  List<String> below(Result result, java.io.PrintStream progress) {
    List<String> below = new ArrayList<>();
    for (Result.Runs runs : result.contestants()) {
      Spread noted = expected.get(result.work() + "/" + runs.name());
      if (noted == null || runs.failed() || result.reference().failed()) {
        continue;
      }
      Spread seen = runs.against(result.reference(), Measured::cpuNanos);
      double floor = noted.middle() * SHARE;
      String line =
          String.format(
              Locale.ROOT,
              "%s: %s is at %s times %s's processor efficiency; the floor is %.2f",
              result.work(),
              runs.name(),
              seen,
              result.reference().name(),
              floor);
      progress.println(line);
      if (seen.middle() < floor) {
        below.add(line);
      }
    }
    return below;
  }

  /**
   * Replaces the noted ratios by those of short runs.
   *
   * @throws IOException if the rounds of a ratio differ so much that a third would be within the
   *     noise
   */
  Check note(List<Result> results) throws IOException {
    Map<String, Spread> noted = new TreeMap<>(expected);
    for (Result result : results) {
      for (Result.Runs runs : result.contestants()) {
        String name = result.work() + "/" + runs.name();
        if (noted.containsKey(name) && !runs.failed() && !result.reference().failed()) {
          Spread seen = runs.against(result.reference(), Measured::cpuNanos);
          if (seen.most() * SHARE > seen.least()) {
            throw new IOException(
                name + ": rounds differ too much to be noted, " + seen + "; use a quiet machine");
          }
          noted.put(name, seen);
        }
      }
    }
    return new Check(noted);
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        "# Written by benchmarks/run --check --note. Processor time of the work's reference,\n");
    text.append(
        "# divided by the contestant's, in a short run: median, least, most of its rounds.\n");
    text.append("# --check fails where the median falls below a third of the median here.\n");
    expected.forEach(
        (name, ratio) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%s = %.2f %.2f %.2f%n",
                    name,
                    ratio.middle(),
                    ratio.least(),
                    ratio.most())));
    Files.writeString(file, text);
  }
}
