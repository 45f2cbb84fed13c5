package dhara.transforms.anomaly;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Values that are far from a baseline, in its standard deviations. The value itself is not part of
 * what it is compared with.
 *
 * <p>The score is the z-score, {@code (value - mean) / deviation}, below zero for a value below the
 * mean. Memory: that of the baseline. Nothing is said while the deviation is less than a millionth
 * of the mean: in a series that hardly ever changed, there is no measure of how far a value is, and
 * rounding errors would be taken for one. Name a {@code leastDeviation} to be told of the first
 * change.
 *
 * @param baseline what is normal
 * @param limit beyond how many deviations a value is an anomaly
 * @param leastDeviation a smaller deviation counts as this, such as the precision of a sensor
 * @param scale how bad they are
 */
public record ZScore(Baseline baseline, double limit, double leastDeviation, Severity.Scale scale)
    implements Detector {

  /** The least deviation that is told from rounding errors, as a part of the mean. */
  private static final double LEAST_SHARE = 1e-6;

  public ZScore {
    if (!(limit > 0)) {
      throw new IllegalArgumentException(
          "values are anomalies beyond a number of deviations above zero, not " + limit);
    }
    if (!(leastDeviation >= 0)) {
      throw new IllegalArgumentException(
          "no deviation is below zero, as " + leastDeviation + " is");
    }
  }

  /** Values beyond so many deviations. */
  public static ZScore beyond(double limit, Baseline baseline) {
    return new ZScore(baseline, limit, 0, Severity.Scale.DEFAULT);
  }

  /** A smaller deviation counts as this. */
  public ZScore withLeastDeviation(double deviation) {
    return new ZScore(baseline, limit, deviation, scale);
  }

  /** With other severities. */
  public ZScore withScale(Severity.Scale newScale) {
    return new ZScore(baseline, limit, leastDeviation, newScale);
  }

  @Override
  public Memory initial() {
    return baseline.initial();
  }

  @Override
  public @Nullable Judgement next(Memory memory, Sample sample) {
    Baseline.Normal normal = baseline.next(memory, sample);
    double deviation = normal == null ? 0 : Math.max(normal.deviation(), leastDeviation);
    if (deviation == 0 || deviation < LEAST_SHARE * Math.abs(normal.mean())) {
      return null;
    }
    double score = (sample.value() - normal.mean()) / deviation;
    return new Judgement(Math.abs(score) / limit, score, normal.mean());
  }
}
