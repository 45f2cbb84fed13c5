package dhara.statistics;

/**
 * The mixture sequential probability ratio test of two proportions, whose p-value is <em>always
 * valid</em>: it may be looked at as often as one likes, and acted on at any time. If there is no
 * difference, the chance that it is ever below 0.05 is at most 5 %. A p-value of a test of fixed
 * size does not allow this.
 *
 * <p>The likelihood ratio of a difference θ, normally distributed around zero with a standard
 * deviation τ, against none, given an observed difference d with variance V:
 *
 * <pre>
 *   Λ = √(V / (V + τ²)) · exp(τ² d² / (2 V (V + τ²)))        p = min(1, 1 / Λ)
 * </pre>
 *
 * <p>Johari, Koomen, Pekelis, Walsh: "Always Valid Inference: Continuous Monitoring of A/B Tests",
 * Operations Research 70(3), 2022, section 5, with the variance of both samples as in their
 * treatment of binary data. The variance is estimated, so the guarantee needs the normal
 * approximation: do not look before each sample has some dozens of successes and failures.
 *
 * <p>The p-value at the end of a test is the least of all looks: take the minimum.
 *
 * @param tau about how large real differences are, as a difference of rates. Any value above zero
 *     is valid; the test needs the fewest samples if it is right.
 */
public record MixtureSprt(double tau) implements java.io.Serializable {

  public MixtureSprt {
    if (!(tau > 0 && tau < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the size of differences is a number above zero, but is " + tau);
    }
  }

  /**
   * The p-value of one look. 1 without a variance, because samples of successes or failures only
   * are too small.
   */
  public double pValue(TwoProportions samples) {
    return pValue(samples.difference(), samples.variance());
  }

  /** The p-value of one look at a difference with this variance. */
  double pValue(double difference, double variance) {
    if (variance <= 0) {
      return 1;
    }
    double mixed = variance + tau * tau;
    double logRatio =
        0.5 * Math.log(variance / mixed)
            + tau * tau * difference * difference / (2 * variance * mixed);
    return Math.min(1, Math.exp(-logRatio));
  }
}
