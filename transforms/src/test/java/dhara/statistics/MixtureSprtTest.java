package dhara.statistics;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/** Against the definition, a published example, and simulated experiments. */
class MixtureSprtTest {

  private static final double ALPHA = 0.05;

  /** The ratio is the integral over all differences that may be, weighted by the mixture. */
  @Test
  void theRatioIsTheMixtureOfLikelihoodRatios() {
    double tau = 0.05;
    double difference = 0.03;
    double variance = 0.0002;
    NormalDistribution mixture = NormalDistribution.of(0, tau);
    double step = 1e-5;
    double ratio = 0;
    for (double theta = -0.6; theta <= 0.6; theta += step) {
      ratio +=
          step
              * mixture.density(theta)
              * Math.exp((2 * difference * theta - theta * theta) / (2 * variance));
    }

    assertThat(
        new MixtureSprt(tau).pValue(difference, variance),
        is(closeTo(Math.min(1, 1 / ratio), 1e-9)));
  }

  /**
   * An example of the Python package msprt, which follows the R package mixtureSPRT: of these
   * samples with a known deviation of 1, the test rejects at the fifth pair.
   */
  @Test
  void thePublishedExampleRejectsAtItsFifthPair() {
    double[] x = {3.1, 2.8, 3.3, 2.9, 3.0, 3.2, 2.7, 3.4, 3.1, 2.8};
    double[] y = {0.9, 1.0, 0.8, 1.1, 0.7, 1.0, 0.9, 0.8, 1.1, 0.7};
    NormalDistribution normal = NormalDistribution.of(0, 1);
    // Their tau for 5 % and ten pairs.
    double b = 2 * Math.log(1 / ALPHA) / Math.sqrt(10);
    double tail = normal.cumulativeProbability(-b);
    MixtureSprt test = new MixtureSprt(Math.sqrt(tail / (normal.density(b) / b - tail)));

    double sum = 0;
    int rejected = 0;
    for (int n = 1; n <= x.length && rejected == 0; n++) {
      sum += x[n - 1] - y[n - 1];
      rejected = test.pValue(sum / n, 2.0 / n) < ALPHA ? n : 0;
    }
    assertThat(rejected, is(5));
  }

  /** How many of 200 experiments are called by a look after every 50 users of each variant. */
  private static int[] called(double control, double treatment) {
    MixtureSprt sequential = new MixtureSprt(0.05);
    int always = 0;
    int fixed = 0;
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long[] hits = new long[2];
      double least = 1;
      double leastFixed = 1;
      for (int users = 1; users <= 3_000; users++) {
        hits[0] += random.nextDouble() < control ? 1 : 0;
        hits[1] += random.nextDouble() < treatment ? 1 : 0;
        if (users % 50 == 0 && users >= 100) {
          TwoProportions look = new TwoProportions(hits[0], users, hits[1], users);
          least = Math.min(least, sequential.pValue(look));
          leastFixed = Math.min(leastFixed, look.pValue());
        }
      }
      always += least < ALPHA ? 1 : 0;
      fixed += leastFixed < ALPHA ? 1 : 0;
    }
    return new int[] {always, fixed};
  }

  /** 5 % of 200 are 10; a test of fixed size calls several times as many. */
  @Test
  void fiftyNineLooksAtNoDifferenceCallAtMostFivePercent() {
    int[] called = called(0.2, 0.2);

    assertThat(called[0], is(lessThanOrEqualTo(10)));
    assertThat(called[1], is(greaterThan(40)));
  }

  @Test
  void aDifferenceIsCalledAlmostAlways() {
    assertThat(called(0.2, 0.25)[0], is(greaterThan(190)));
  }

  @Test
  void withoutAVarianceNothingIsKnown() {
    assertThat(new MixtureSprt(0.02).pValue(new TwoProportions(0, 10, 10, 10)), is(1.0));
  }

  @Test
  void theSizeOfDifferencesIsAboveZero() {
    for (double tau : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThat(
          assertThrows(IllegalArgumentException.class, () -> new MixtureSprt(tau)).getMessage(),
          containsString("a number above zero"));
    }
  }
}
