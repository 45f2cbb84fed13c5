package dhara.pipelines.commerce;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One line of an order: some units of a product, bought or, with a negative quantity, cancelled.
 *
 * @param id identity of the line
 * @param at when it was ordered or cancelled
 * @param order the order that the line belongs to; a cancellation may carry an id of its own
 * @param product the product's code
 * @param category the product's category
 * @param country where the customer is
 * @param city where the customer is
 * @param customer the customer, where known
 * @param quantity units; negative if units were cancelled; never zero
 * @param unitMinor price of a unit in minor units of the currency (cents, paise, pence)
 */
public record OrderLine(
    String id,
    Instant at,
    String order,
    String product,
    @Nullable String category,
    @Nullable String country,
    @Nullable String city,
    @Nullable String customer,
    long quantity,
    long unitMinor)
    implements Event {

  /**
   * The most units of one line, far above any order: sums of nine billion such lines fit a long.
   */
  private static final long MOST_UNITS = 1_000_000_000L;

  /** The largest value of one line, in minor units: sums of nine million such lines fit a long. */
  private static final long MOST_MINOR = 1_000_000_000_000L;

  public OrderLine {
    if (quantity == 0) {
      throw new IllegalArgumentException("quantity is 0: a line buys or cancels something");
    }
    if (quantity < -MOST_UNITS || quantity > MOST_UNITS) {
      throw new IllegalArgumentException("quantity is beyond " + MOST_UNITS + ": " + quantity);
    }
    if (unitMinor < 0) {
      throw new IllegalArgumentException("unitMinor is negative: " + unitMinor);
    }
    if (unitMinor > MOST_MINOR / Math.abs(quantity)) {
      throw new IllegalArgumentException(
          "the line's value is beyond " + MOST_MINOR + ": " + quantity + " x " + unitMinor);
    }
  }

  /** The line's value in minor units; negative for a cancellation. */
  public long valueMinor() {
    return quantity * unitMinor;
  }
}
