package dhara.transforms.anomaly;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The anomalies of one series by the definitions, each sample compared anew with all before it, as
 * "detector moment severity score expected". Shares no code with the detectors.
 *
 * @param high values above are anomalies, by the threshold
 * @param samples of the decayed and the windowed baseline
 * @param warmUp of both
 * @param deviations limit of the z-scores
 * @param slotMillis of the seasonal baseline
 * @param slots in a period
 * @param periods that count, of which at least one must have samples
 * @param flatMillis limit of the flat line
 * @param silentMillis limit of silence
 * @param quietMillis of the quiet threshold
 * @param keepMillis after how much silence a series starts anew
 */
record NaiveAnomalies(
    double high,
    int samples,
    int warmUp,
    double deviations,
    long slotMillis,
    int slots,
    int periods,
    long flatMillis,
    long silentMillis,
    long quietMillis,
    long keepMillis) {

  /** An anomaly; two are equal if their numbers differ by as little as two ways of adding up do. */
  record Told(
      String detector, Instant at, Severity severity, double score, @Nullable Double expected)
      implements Comparable<Told> {

    @Override
    public boolean equals(Object other) {
      return other instanceof Told that
          && detector.equals(that.detector)
          && at.equals(that.at)
          && severity == that.severity
          && same(score, that.score)
          && (expected == null
              ? that.expected == null
              : that.expected != null && same(expected, that.expected));
    }

    private static boolean same(double one, double other) {
      return Math.abs(one - other) <= 1e-5 * Math.max(Math.abs(one), 1e-3);
    }

    @Override
    public int hashCode() {
      return Objects.hash(detector, at, severity);
    }

    @Override
    public int compareTo(Told other) {
      return Comparator.comparing(Told::detector).thenComparing(Told::at).compare(this, other);
    }
  }

  /** The tested detectors with the same settings. */
  List<SeriesFold.Named<Gauge>> detectors() {
    return List.of(
        named("above", Threshold.above(high)),
        named("quiet", Threshold.above(high).quietFor(Duration.ofMillis(quietMillis))),
        named("decayed", ZScore.beyond(deviations, new DecayedBaseline(samples, warmUp))),
        named("windowed", ZScore.beyond(deviations, new WindowedBaseline(samples, warmUp))),
        named(
            "seasonal",
            ZScore.beyond(
                deviations,
                new SeasonalBaseline(
                    Duration.ofMillis(slotMillis),
                    Duration.ofMillis(slotMillis * slots),
                    periods,
                    1,
                    ZoneOffset.UTC))),
        named("flat", FlatLine.longerThan(Duration.ofMillis(flatMillis))),
        named("missing", Missing.longerThan(Duration.ofMillis(silentMillis))));
  }

  private static SeriesFold.Named<Gauge> named(String name, Detector detector) {
    return new SeriesFold.Named<>(name, Gauge::value, detector);
  }

  /** The anomalies of these events, in whatever order they come, copies included. */
  List<Told> of(Collection<Gauge> events) {
    List<Gauge> sorted = new ArrayList<>();
    for (Gauge event :
        events.stream().sorted(Comparator.comparing(Gauge::at).thenComparing(Gauge::id)).toList()) {
      if (sorted.isEmpty() || event.at().toEpochMilli() != last(sorted).at().toEpochMilli()) {
        sorted.add(event);
      }
    }
    List<Told> found = new ArrayList<>();
    List<Gauge> series = new ArrayList<>();
    for (Gauge event : sorted) {
      if (!series.isEmpty() && millis(last(series)) + keepMillis < millis(event)) {
        silence(last(series), Long.MAX_VALUE, found);
        series.clear();
      } else if (!series.isEmpty()) {
        silence(last(series), millis(event), found);
      }
      series.add(event);
      judge(series, found);
    }
    silence(last(series), Long.MAX_VALUE, found);
    found.sort(Comparator.naturalOrder());
    return found;
  }

  private void judge(List<Gauge> series, List<Told> found) {
    Gauge event = last(series);
    List<Gauge> before = series.subList(0, series.size() - 1);
    if (event.value() > high) {
      add(found, "above", event.at(), event.value() / high, event.value() - high, high);
    }
    if (event.value() > high && !isQuiet(series)) {
      add(found, "quiet", event.at(), event.value() / high, event.value() - high, high);
    }
    if (before.size() >= warmUp) {
      double[] weights = new double[before.size()];
      for (int i = 0; i < weights.length; i++) {
        double weight = Math.max(2.0 / (samples + 1), 1.0 / (i + 1));
        for (int j = 0; j < i; j++) {
          weights[j] *= 1 - weight;
        }
        weights[i] = weight;
      }
      score(found, "decayed", event, before, weights);
      List<Gauge> lasts = before.subList(Math.max(0, before.size() - samples), before.size());
      double[] equal = new double[lasts.size()];
      Arrays.fill(equal, 1.0 / lasts.size());
      score(found, "windowed", event, lasts, equal);
    }
    long period = period(event);
    List<Gauge> same =
        before.stream()
            .filter(one -> slot(one) == slot(event))
            .filter(one -> period(one) < period && period(one) >= period - periods)
            .toList();
    if (same.size() >= 2) {
      double[] equal = new double[same.size()];
      Arrays.fill(equal, 1.0 / same.size());
      score(found, "seasonal", event, same, equal);
    }
    flat(series, found);
  }

  /** Slots of all periods, counted from the Monday after 1970 began. */
  private long slot(Gauge event) {
    return Math.floorMod(Math.floorDiv(millis(event) - 345_600_000L, slotMillis), slots);
  }

  private long period(Gauge event) {
    return Math.floorDiv(millis(event) - 345_600_000L, slotMillis * slots);
  }

  private boolean isQuiet(List<Gauge> series) {
    double told = 0;
    long at = Long.MIN_VALUE;
    boolean quiet = false;
    for (Gauge event : series) {
      quiet = at != Long.MIN_VALUE && millis(event) - at <= quietMillis && event.value() <= told;
      if (!quiet) {
        told = event.value();
        at = millis(event);
      }
    }
    return quiet;
  }

  private void score(
      List<Told> found, String name, Gauge event, List<Gauge> before, double[] weights) {
    if (before.stream().mapToDouble(Gauge::value).distinct().count() == 1) {
      return;
    }
    double mean = 0;
    for (int i = 0; i < weights.length; i++) {
      mean += weights[i] * before.get(i).value();
    }
    double variance = 0;
    for (int i = 0; i < weights.length; i++) {
      double distance = before.get(i).value() - mean;
      variance += weights[i] * distance * distance;
    }
    double score = (event.value() - mean) / Math.sqrt(variance);
    if (Math.abs(score) > deviations) {
      add(found, name, event.at(), Math.abs(score) / deviations, score, mean);
    }
  }

  private void flat(List<Gauge> series, List<Told> found) {
    Gauge event = last(series);
    int first = series.size() - 1;
    while (first > 0 && series.get(first - 1).value() == event.value()) {
      first--;
    }
    int told = 0;
    for (int i = first; i < series.size(); i++) {
      long lasted = millis(series.get(i)) - millis(series.get(first));
      double strength = (double) lasted / flatMillis;
      int level =
          strength <= 1 ? 0 : strength < 1.25 ? 1 : strength < 1.5 ? 2 : strength < 2 ? 3 : 4;
      if (level > told && i == series.size() - 1) {
        add(found, "flat", event.at(), strength, lasted / 1000.0, null);
      }
      told = Math.max(told, level);
    }
  }

  private void silence(Gauge last, long until, List<Told> found) {
    double[] begins = {1, 1.25, 1.5, 2};
    for (int level = 1; level <= 4; level++) {
      long lasted = (long) Math.ceil(silentMillis * begins[level - 1]) + level;
      if (millis(last) + lasted <= until) {
        add(
            found,
            "missing",
            Instant.ofEpochMilli(millis(last) + lasted),
            (double) lasted / silentMillis,
            lasted / 1000.0,
            null);
      }
    }
  }

  private static void add(
      List<Told> found,
      String name,
      Instant at,
      double strength,
      double score,
      @Nullable Double expected) {
    Severity severity =
        strength < 1.25
            ? Severity.LOW
            : strength < 1.5 ? Severity.MEDIUM : strength < 2 ? Severity.HIGH : Severity.CRITICAL;
    Instant moment = Instant.ofEpochMilli(at.toEpochMilli());
    found.add(new Told(name, moment, severity, score, expected));
  }

  private static long millis(Gauge event) {
    return event.at().toEpochMilli();
  }

  private static Gauge last(List<Gauge> series) {
    return series.get(series.size() - 1);
  }
}
