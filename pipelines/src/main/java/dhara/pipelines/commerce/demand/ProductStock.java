package dhara.pipelines.commerce.demand;

import dhara.events.Event;
import java.time.Instant;

/**
 * How many units of a product there are, from a time on.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param product the product's code
 * @param units how many there are
 * @param targetUnits how many there should be, above zero
 */
public record ProductStock(String id, Instant at, String product, long units, long targetUnits)
    implements Event {

  public ProductStock {
    if (units < 0) {
      throw new IllegalArgumentException("units is negative: " + units);
    }
    if (targetUnits <= 0) {
      throw new IllegalArgumentException("targetUnits is not above zero: " + targetUnits);
    }
  }

  /** From -1, there are none, by 0, as many as there should be, to 1, twice as many or more. */
  double pressure() {
    return Math.min(1, (double) units / targetUnits - 1);
  }
}
