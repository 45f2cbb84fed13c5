package dhara.transforms.anomaly;

import java.io.Serializable;
import java.math.BigDecimal;

/**
 * When an alert begins and ends: beyond one limit it begins, and it ends only on the other side of
 * another one, so that a value that swings around a limit is one alert and not many.
 *
 * @param side on which side of the limits there is an alert
 * @param raise a value beyond begins an alert
 * @param clear a value on its other side ends it; not beyond {@code raise}
 */
public record Hysteresis(Side side, double raise, double clear) implements Serializable {

  /** The side on which there is an alert. */
  public enum Side {
    /** Values above the limit. */
    ABOVE,
    /** Values below the limit. */
    BELOW
  }

  public Hysteresis {
    if (!(side == Side.ABOVE ? clear <= raise : clear >= raise)) {
      throw new IllegalArgumentException(
          "an alert ends %s %s, but would begin %s %s already"
              .formatted(
                  side == Side.ABOVE ? "below" : "above",
                  clear,
                  side == Side.ABOVE ? "above" : "below",
                  raise));
    }
  }

  /**
   * Begins above a limit, and ends below a part of it.
   *
   * @param band between 0 and 1: with 0.2, an alert above 100 ends below 80
   */
  public static Hysteresis above(double limit, double band) {
    if (!(limit > 0 && band >= 0 && band < 1)) {
      throw new IllegalArgumentException(
          "a limit is above zero and its band from 0 to 1, and not %s and %s"
              .formatted(limit, band));
    }
    // Computed in decimals, because the limit is part of the answer: 0.05 and 0.2 give 0.04, and
    // not 0.04000000000000001.
    BigDecimal rest = BigDecimal.ONE.subtract(BigDecimal.valueOf(band));
    return new Hysteresis(
        Side.ABOVE, limit, BigDecimal.valueOf(limit).multiply(rest).doubleValue());
  }

  /**
   * Begins below a limit, and ends above another one.
   *
   * @param clear at least the limit
   */
  public static Hysteresis below(double limit, double clear) {
    return new Hysteresis(Side.BELOW, limit, clear);
  }

  /**
   * Whether there is an alert after a value.
   *
   * @param alerting whether there was one before
   */
  public boolean next(boolean alerting, double value) {
    return switch (side) {
      case ABOVE -> alerting ? !(value < clear) : value > raise;
      case BELOW -> alerting ? !(value > clear) : value < raise;
    };
  }
}
