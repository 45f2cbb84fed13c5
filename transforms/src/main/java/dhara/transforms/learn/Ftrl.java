package dhara.transforms.learn;

import java.io.Serializable;

/**
 * FTRL-Proximal, a rule by which a logistic regression learns from one example after another. Each
 * feature has a learning rate of its own, which falls as the feature is seen, and features that
 * tell little have a weight of exactly zero. It is algorithm 1 of McMahan et al., "Ad Click
 * Prediction: a View from the Trenches" (KDD 2013), in its notation:
 *
 * <pre>
 *   wᵢ = 0                                                      if |zᵢ| ≤ λ₁
 *        -(zᵢ - sgn(zᵢ) λ₁) / ((β + √nᵢ) / α + λ₂)              otherwise
 *   p  = 1 / (1 + exp(-Σ wᵢ xᵢ))
 *   gᵢ = (p - y) xᵢ
 *   σᵢ = (√(nᵢ + gᵢ²) - √nᵢ) / α
 *   zᵢ ← zᵢ + gᵢ - σᵢ wᵢ
 *   nᵢ ← nᵢ + gᵢ²
 * </pre>
 *
 * <p>Operations are done in this order, and by {@link Math#sqrt} and {@link StrictMath}, whose
 * results are the same on every machine. So equal examples in an equal order give equal bits.
 *
 * @param alpha α, how fast it learns; about 0.1
 * @param beta β, how much slower rare features learn at first; 1 is good in general
 * @param l1 λ₁, above which evidence a feature has a weight at all
 * @param l2 λ₂, how strongly weights are drawn to zero
 */
public record Ftrl(double alpha, double beta, double l1, double l2) implements Serializable {

  public Ftrl {
    if (!(alpha > 0 && Double.isFinite(alpha))) {
      throw new IllegalArgumentException("alpha is above zero, and not " + alpha);
    }
    notNegative("beta", beta);
    notNegative("l1", l1);
    notNegative("l2", l2);
  }

  private static void notNegative(String name, double value) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(name + " is zero or more, and not " + value);
    }
  }

  /**
   * The weight of a feature.
   *
   * @param z its z
   * @param n its n, the sum of its squared gradients
   */
  double weight(double z, double n) {
    return Math.abs(z) <= l1
        ? 0
        : -(z - Math.signum(z) * l1) / ((beta + Math.sqrt(n)) / alpha + l2);
  }

  /** The weight of what all examples have, which is not drawn to zero: λ₁ and λ₂ are zero. */
  double bias(double z, double n) {
    return z == 0 ? 0 : -z / ((beta + Math.sqrt(n)) / alpha);
  }

  /** How much σ a gradient adds. */
  double sigma(double n, double gradient) {
    return (Math.sqrt(n + gradient * gradient) - Math.sqrt(n)) / alpha;
  }
}
