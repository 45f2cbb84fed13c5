package dhara.transforms.learn;

import dhara.records.ByteForm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A logistic regression over features that an example has or has not, as it has been learned so far
 * by {@link Ftrl}. Features are numbers below a fixed one ({@link HashedFeatures}). The bias, which
 * all examples have, is learned in the same way but without λ₁ and λ₂, because a rate that is not
 * one half is no evidence for any feature.
 *
 * <p>It is modified by {@link #learn}, and belongs to one thread. State: 16 bytes for each feature.
 */
public final class OnlineRegression implements ByteForm {

  /** Beyond these log-odds, a probability is as good as 0 or 1. */
  public static final double MOST_LOG_ODDS = 35;

  // z and n of each feature, and of the bias after them.
  private final double[] z;
  private final double[] n;

  private OnlineRegression(int features) {
    z = new double[features + 1];
    n = new double[features + 1];
  }

  /**
   * One that has learned nothing: each probability is one half.
   *
   * @param features how many there are, at least 1
   */
  public static OnlineRegression of(int features) {
    if (features < 1) {
      throw new IllegalArgumentException("there is at least one feature, and not " + features);
    }
    return new OnlineRegression(features);
  }

  /** How many features there are. */
  public int features() {
    return z.length - 1;
  }

  /** The bias. */
  public double bias(Ftrl rule) {
    return rule.bias(z[features()], n[features()]);
  }

  /** The weight of a feature. */
  public double weight(Ftrl rule, int feature) {
    return rule.weight(z[feature], n[feature]);
  }

  /** Passes on the names and weights of the features whose weight is not zero, in order. */
  public void weights(Ftrl rule, ObjDoubleConsumer<String> out) {
    for (int i = 0; i < features(); i++) {
      double weight = weight(rule, i);
      if (weight != 0) {
        out.accept(HashedFeatures.name(i), weight);
      }
    }
  }

  /**
   * Learns from an example.
   *
   * @param features those that it has, each once, in ascending order
   * @param label what came of it
   * @return the log-odds that it was given before it was learned from: the bias plus the weights in
   *     their order, at most {@link #MOST_LOG_ODDS} either way
   */
  public double learn(Ftrl rule, List<Integer> features, boolean label) {
    double[] weights = new double[features.size()];
    double bias = bias(rule);
    double sum = bias;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weight(rule, features.get(i));
      sum += weights[i];
    }
    double logOdds = Math.max(-MOST_LOG_ODDS, Math.min(MOST_LOG_ODDS, sum));
    double gradient = Logistic.probability(logOdds) - (label ? 1 : 0);
    step(rule, features(), bias, gradient);
    for (int i = 0; i < weights.length; i++) {
      step(rule, features.get(i), weights[i], gradient);
    }
    return logOdds;
  }

  private void step(Ftrl rule, int feature, double weight, double gradient) {
    z[feature] += gradient - rule.sigma(n[feature], gradient) * weight;
    n[feature] += gradient * gradient;
  }

  @Override
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Double.BYTES * z.length);
    bytes.asDoubleBuffer().put(z).put(n);
    return bytes.array();
  }

  static OnlineRegression fromBytes(byte[] bytes) {
    int each = 2 * Double.BYTES;
    if (bytes.length < 2 * each || bytes.length % each != 0) {
      throw new IllegalArgumentException("no regression has " + bytes.length + " bytes");
    }
    OnlineRegression regression = new OnlineRegression(bytes.length / each - 1);
    ByteBuffer.wrap(bytes).asDoubleBuffer().get(regression.z).get(regression.n);
    return regression;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OnlineRegression that
        && Arrays.equals(z, that.z)
        && Arrays.equals(n, that.n);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(z) * 31 + Arrays.hashCode(n);
  }
}
