package dhara.statistics;

import java.util.List;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * Pearson's chi-squared test of whether counts are as expected. Of the users of an experiment's
 * variants it is the test of a <em>sample-ratio mismatch</em>: if they are not split as configured,
 * something loses users of some variant, and no result can be trusted (Fabijan et al., "Diagnosing
 * Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019).
 */
public final class GoodnessOfFit {

  private GoodnessOfFit() {}

  /**
   * The statistic: the sum of (observed - expected)² / expected.
   *
   * @param observed the counts
   * @param expected what they should be, in the same order; none is negative. Where it is zero, the
   *     count should be too.
   */
  public static double statistic(List<Long> observed, List<Double> expected) {
    double sum = 0;
    for (int i = 0; i < observed.size(); i++) {
      double distance = observed.get(i) - expected.get(i);
      if (distance != 0) {
        sum += distance * distance / expected.get(i);
      }
    }
    return sum;
  }

  /**
   * How likely counts at least as far from the expected ones are; 1 if fewer than two are expected
   * to be above zero.
   */
  public static double pValue(List<Long> observed, List<Double> expected) {
    if (observed.size() != expected.size()) {
      throw new IllegalArgumentException(
          "%d counts are not compared with %d".formatted(observed.size(), expected.size()));
    }
    int free = (int) expected.stream().filter(each -> each > 0).count() - 1;
    double statistic = statistic(observed, expected);
    if (free < 1) {
      return 1;
    }
    return Double.isInfinite(statistic)
        ? 0
        : ChiSquaredDistribution.of((double) free).survivalProbability(statistic);
  }
}
