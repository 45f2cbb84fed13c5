package dhara.transforms.learn;

/**
 * The logistic function, and the loss of a probability, in nats. Their results are the same on
 * every machine, because {@link StrictMath} computes them.
 */
public final class Logistic {

  /** No probability that an event refutes costs more than this one. */
  private static final double LEAST = 1e-15;

  private Logistic() {}

  /** The probability of log-odds. */
  public static double probability(double logOdds) {
    return 1 / (1 + StrictMath.exp(-logOdds));
  }

  /**
   * What log-odds cost: -log of the probability of what came, written so that one near 0 or 1 loses
   * no digits.
   */
  public static double lossAt(double logOdds, boolean label) {
    return StrictMath.log1p(StrictMath.exp(label ? -logOdds : logOdds));
  }

  /**
   * What a probability costs: -log of the probability of what came, where one below 1e-15 counts as
   * that.
   */
  public static double loss(double probability, boolean label) {
    return -StrictMath.log(Math.max(LEAST, label ? probability : 1 - probability));
  }
}
