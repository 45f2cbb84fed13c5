package dhara.statistics;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Computed statistics, rounded to six significant digits: they do not depend on the last bits of a
 * logarithm or a square root, which may differ between libraries.
 */
public final class Digits {

  private static final MathContext SIX = new MathContext(6);

  private Digits() {}

  /** Six significant digits; NaN and the infinite stay. */
  public static double six(double number) {
    return Double.isFinite(number) ? new BigDecimal(number).round(SIX).doubleValue() : number;
  }
}
