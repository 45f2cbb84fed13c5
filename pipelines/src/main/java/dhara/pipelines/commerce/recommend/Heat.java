package dhara.pipelines.commerce.recommend;

import java.time.Duration;
import java.time.Instant;

/**
 * A sum of points that decays, as the logarithm of what it would be if it had begun to decay in
 * 1970: {@code log2(sum at t) + t / halfLife}. All such sums decay alike, so their order and their
 * proportions do not depend on when they are compared, and they need not be decayed to the same
 * moment first.
 */
final class Heat {

  /** Of nothing. */
  static final double NONE = Double.NEGATIVE_INFINITY;

  private static final double LOG_2 = StrictMath.log(2);

  /** A millionth of a doubling: below what can be told, and above what rounding errors change. */
  private static final double STEP = 1 << 20;

  private Heat() {}

  /** A heat with more points, which are given at a moment. */
  static double plus(double heat, int points, Instant at, Duration halfLife) {
    double halves = (double) at.toEpochMilli() / halfLife.toMillis();
    // Math.log and Math.pow may differ between machines in the last bit.
    return halves + StrictMath.log(StrictMath.pow(2, heat - halves) + points) / LOG_2;
  }

  /** To about six digits after the point, so that equal sums are equal. */
  static double rounded(double heat) {
    return Math.rint(heat * STEP) / STEP;
  }

  /** A sum as a share of the greatest, from 0 to 1. */
  static double share(double heat, double hottest) {
    return StrictMath.pow(2, heat - hottest);
  }
}
