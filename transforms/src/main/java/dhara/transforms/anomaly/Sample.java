package dhara.transforms.anomaly;

import java.time.Instant;

/**
 * A value of a series.
 *
 * @param at its moment, in event time
 * @param value a finite number
 */
public record Sample(Instant at, double value) {

  public Sample {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a sample is a finite number, not " + value);
    }
  }

  long millis() {
    return at.toEpochMilli();
  }
}
