package dhara.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Compares two proportions, such as the conversion rates of a control and of a treatment. Both
 * samples are independent and large enough for the normal approximation: by the usual rule of thumb
 * at least five successes and five failures each.
 *
 * <pre>{@code
 * new TwoProportions(120, 1_000, 150, 1_000).pValue()
 * }</pre>
 *
 * @param controlHits successes of the control
 * @param control its size, at least one
 * @param treatedHits successes of the treatment
 * @param treated its size, at least one
 */
public record TwoProportions(long controlHits, long control, long treatedHits, long treated) {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  public TwoProportions {
    check("control", controlHits, control);
    check("treatment", treatedHits, treated);
  }

  private static void check(String sample, long hits, long all) {
    if (all < 1 || hits < 0 || hits > all) {
      throw new IllegalArgumentException(
          "the %s has %d successes of %d".formatted(sample, hits, all));
    }
  }

  private double controlRate() {
    return (double) controlHits / control;
  }

  private double treatedRate() {
    return (double) treatedHits / treated;
  }

  /** The rate of the treatment minus that of the control. */
  public double difference() {
    return treatedRate() - controlRate();
  }

  /**
   * The z statistic with the pooled variance, because both rates are the same if there is no
   * difference; 0 if all or none are successes.
   */
  public double z() {
    double pooled = (double) (controlHits + treatedHits) / (control + treated);
    double variance = pooled * (1 - pooled) * (1.0 / control + 1.0 / treated);
    return variance > 0 ? difference() / Math.sqrt(variance) : 0;
  }

  /**
   * How likely a difference at least as large, in either direction, is if there is none. It is
   * valid for one look, at a sample size that was fixed before.
   */
  public double pValue() {
    return Math.min(1, 2 * NORMAL.survivalProbability(Math.abs(z())));
  }

  /**
   * Half the width of the confidence interval around {@link #difference} (Wald, with the variance
   * of each sample); valid for one look.
   *
   * @param confidence such as 0.95
   */
  public double margin(double confidence) {
    return quantile((1 + confidence) / 2) * Math.sqrt(variance());
  }

  /** The variance of the difference, with the variance of each sample. */
  double variance() {
    return controlRate() * (1 - controlRate()) / control
        + treatedRate() * (1 - treatedRate()) / treated;
  }

  /** The quantile of the standard normal distribution. */
  public static double quantile(double probability) {
    return NORMAL.inverseCumulativeProbability(probability);
  }
}
