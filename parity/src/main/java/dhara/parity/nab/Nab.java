package dhara.parity.nab;

import dhara.parity.nab.NabScoring.Profile;
import dhara.parity.nab.NabScoring.Total;
import dhara.transforms.anomaly.DecayedBaseline;
import dhara.transforms.anomaly.Detector;
import dhara.transforms.anomaly.FlatLine;
import dhara.transforms.anomaly.Judgement;
import dhara.transforms.anomaly.Memory;
import dhara.transforms.anomaly.Sample;
import dhara.transforms.anomaly.SeasonalBaseline;
import dhara.transforms.anomaly.WindowedBaseline;
import dhara.transforms.anomaly.ZScore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the detectors on the Numenta Anomaly Benchmark: {@code mvn -q compile exec:exec -Pnab
 * -Dargs=FOLDER}, where the folder has its data/ and labels/.
 *
 * <p>Thresholds and flat lines of a known limit, silence and patterns are no part of it: it has
 * numbers of unknown meaning and complete series.
 */
public final class Nab {

  /** A detector that does not know a series is compared with what it was before. */
  private static final double LIMIT = 3;

  private static final Duration DAY = Duration.ofDays(1);

  private Nab() {}

  /** Prints the table of a folder. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException(
          "name the folder of the benchmark, e.g. -Dargs=/data/nab, and nothing else");
    }
    List<NabSeries> series = NabSeries.in(Path.of(arguments[0]));
    print(series, System.out);
  }

  /** The measured detectors by their names. */
  static Map<String, Detector> detectors() {
    ZScore decayed = ZScore.beyond(LIMIT, DecayedBaseline.over(200));
    ZScore windowed = ZScore.beyond(LIMIT, WindowedBaseline.of(1_000));
    ZScore week = ZScore.beyond(LIMIT, SeasonalBaseline.hoursOfDays(7));
    ZScore fortnight = ZScore.beyond(LIMIT, SeasonalBaseline.hoursOfDays(14));
    Map<String, Detector> detectors = new LinkedHashMap<>();
    detectors.put("z-score, decayed over 200", decayed);
    detectors.put("z-score, decayed over 200, quiet for a day", decayed.quietFor(DAY));
    detectors.put("z-score, last 1,000", windowed);
    detectors.put("z-score, last 1,000, quiet for a day", windowed.quietFor(DAY));
    detectors.put("z-score, same hour of 7 days", week);
    detectors.put("z-score, same hour of 7 days, quiet for a day", week.quietFor(DAY));
    detectors.put("z-score, same hour of 14 days, quiet for a day", fortnight.quietFor(DAY));
    detectors.put("flat line of 6 hours", FlatLine.longerThan(Duration.ofHours(6)));
    return detectors;
  }

  /** What a detector says of each sample: the strength, or zero if it says nothing. */
  static List<Double> scores(Detector detector, List<Sample> samples) {
    Memory memory = detector.initial();
    List<Double> scores = new ArrayList<>();
    for (Sample sample : samples) {
      Judgement judgement = detector.next(memory, sample);
      scores.add(judgement == null ? 0 : judgement.strength());
    }
    return scores;
  }

  static List<List<Double>> scores(Detector detector, Iterable<NabSeries> series) {
    List<List<Double>> scores = new ArrayList<>();
    series.forEach(of -> scores.add(scores(detector, of.samples())));
    return scores;
  }

  static List<List<Double>> gaussian(Iterable<NabSeries> series) {
    List<List<Double>> scores = new ArrayList<>();
    series.forEach(of -> scores.add(WindowedGaussian.scores(of.samples())));
    return scores;
  }

  static void print(List<NabSeries> series, PrintStream out) {
    out.printf("%d series, %d windows%n%n", series.size(), windows(series));
    out.println("| detector | standard | few false alarms | few misses | at its limit |");
    out.println("| --- | --: | --: | --: | --: |");
    List<List<Double>> gaussian = gaussian(series);
    row("NAB's windowed Gaussian", series, gaussian, WindowedGaussian.PUBLISHED_THRESHOLD, out);
    detectors().forEach((name, of) -> row(name, series, scores(of, series), 1, out));
  }

  private static int windows(List<NabSeries> series) {
    return series.stream().mapToInt(of -> of.windows().size()).sum();
  }

  private static void row(
      String name,
      List<NabSeries> series,
      List<List<Double>> scores,
      double limit,
      PrintStream out) {
    StringBuilder row = new StringBuilder("| " + name);
    for (Profile profile : Profile.values()) {
      Total best = new NabScoring(profile).best(series, scores);
      row.append(" | %.1f".formatted(best.normalised()));
    }
    Total fixed = new NabScoring(Profile.STANDARD).at(limit, series, scores);
    out.println(row.append(" | %.1f |".formatted(fixed.normalised())));
  }
}
