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
 * What a short run must reach: for some contestants, the processor time of their work's reference
 * divided by their own, as a short run saw it. A third of that is the floor. Processor time,
 * because other load on the machine moves it least; a third, because that is far below what short
 * runs on a busy machine were seen to vary by, and far above what a lost optimization leaves (a
 * plain {@code Combine.perKey} over single events is at a quarter of its pre-aggregated form, and a
 * shuffle of raw events below a tenth).
 *
 * @param expected the ratio by {@code work/contestant}
 */
record Check(Map<String, Double> expected) {

  static final double SHARE = 1 / 3.0;

  static Check read(Path file) throws IOException {
    Properties lines = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      lines.load(in);
    }
    TreeMap<String, Double> expected = new TreeMap<>();
    lines.forEach((name, ratio) -> expected.put((String) name, Double.parseDouble((String) ratio)));
    return new Check(expected);
  }

  boolean covers(Work work) {
    return work.entrants().stream().anyMatch(entrant -> covers(work, entrant));
  }

  boolean covers(Work work, Entrant entrant) {
    return expected.containsKey(work.name() + "/" + entrant.name());
  }

  /** What is below its floor, a line each. */
  List<String> below(Result result, java.io.PrintStream progress) {
    List<String> below = new ArrayList<>();
    for (Result.Runs runs : result.contestants()) {
      Double noted = expected.get(result.work() + "/" + runs.name());
      if (noted == null || runs.failed() || result.reference().failed()) {
        continue;
      }
      Spread seen = runs.against(result.reference(), Measured::cpuNanos);
      double floor = noted * SHARE;
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

  /** Notes what short runs saw, in place of what was noted. */
  Check note(List<Result> results) {
    TreeMap<String, Double> noted = new TreeMap<>(expected);
    for (Result result : results) {
      for (Result.Runs runs : result.contestants()) {
        String name = result.work() + "/" + runs.name();
        if (noted.containsKey(name) && !runs.failed() && !result.reference().failed()) {
          noted.put(name, runs.against(result.reference(), Measured::cpuNanos).middle());
        }
      }
    }
    return new Check(noted);
  }

  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(
        "# Written by benchmarks/run --check --note. Processor time of the work's reference divided by\n");
    text.append("# the contestant's, in a short run; --check fails below a third of it.\n");
    expected.forEach(
        (name, ratio) -> text.append(String.format(Locale.ROOT, "%s = %.2f%n", name, ratio)));
    Files.writeString(file, text);
  }
}
