package dhara.events;

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
 * @param quantity units; negative: so many units were cancelled; never zero
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

  /** The largest value of one line, in minor units: far above any order, far below overflow. */
  private static final long MOST_MINOR = 1_000_000_000_000_000L;

  public OrderLine {
    if (quantity == 0) {
      throw new IllegalArgumentException("quantity is 0: a line buys or cancels something");
    }
    if (unitMinor < 0) {
      throw new IllegalArgumentException("unitMinor is negative: " + unitMinor);
    }
    if (Math.multiplyHigh(quantity, unitMinor) != (quantity < 0 && unitMinor != 0 ? -1 : 0)
        || Math.abs(quantity * unitMinor) > MOST_MINOR) {
      throw new IllegalArgumentException(
          "the line's value is beyond " + MOST_MINOR + ": " + quantity + " x " + unitMinor);
    }
  }

  /** The line's value in minor units; negative for a cancellation. */
  public long valueMinor() {
    return quantity * unitMinor;
  }
}
