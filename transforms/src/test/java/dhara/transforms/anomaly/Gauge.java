package dhara.transforms.anomaly;

import dhara.events.Event;
import java.time.Instant;

/** An event of a series for tests. */
record Gauge(String id, Instant at, String sensor, double value) implements Event {

  /** A pattern's condition: later than another, and higher. */
  boolean risesFrom(Gauge before) {
    return millis() > before.millis() && value > before.value;
  }

  /** A pattern's condition: later than another, and lower. */
  boolean dropsFrom(Gauge before) {
    return millis() > before.millis() && value < before.value;
  }

  private long millis() {
    return at.toEpochMilli();
  }
}
