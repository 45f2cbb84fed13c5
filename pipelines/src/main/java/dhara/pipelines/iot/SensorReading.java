package dhara.pipelines.iot;

import dhara.events.Event;
import java.time.Instant;

/**
 * A value that a sensor measured.
 *
 * @param id identity; of two readings at the same time, the one with the smaller id came first
 * @param at when it was measured
 * @param sensor which sensor, and of which quantity if it measures several
 * @param value in the unit of the sensor
 */
public record SensorReading(String id, Instant at, String sensor, double value) implements Event {

  /** Sums and squares of values up to this are finite. */
  private static final double MOST = 1e100;

  public SensorReading {
    if (!(Math.abs(value) <= MOST)) {
      throw new IllegalArgumentException("value is not a number within -1e100 and 1e100: " + value);
    }
  }
}
