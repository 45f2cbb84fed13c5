package dhara.transforms.anomaly;

import java.io.Serializable;

/**
 * When an alert begins and ends: above one limit it begins, and it ends only below another, lower
 * one, so that a value that swings around a limit is one alert and not many.
 *
 * @param raise a value above begins an alert
 * @param clear a value below ends it; at most {@code raise}
 */
public record Hysteresis(double raise, double clear) implements Serializable {

  public Hysteresis {
    if (!(clear <= raise)) {
      throw new IllegalArgumentException(
          "an alert ends below %s, but would begin above %s already".formatted(clear, raise));
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
    return new Hysteresis(limit, limit * (1 - band));
  }

  /**
   * Whether there is an alert after a value.
   *
   * @param alerting whether there was one before
   */
  public boolean next(boolean alerting, double value) {
    return alerting ? !(value < clear) : value > raise;
  }
}
