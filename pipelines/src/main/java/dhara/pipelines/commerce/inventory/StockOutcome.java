package dhara.pipelines.commerce.inventory;

import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What became of a command, or of a reservation that expired by itself.
 *
 * @param id of the command; for an expiry, that of the reservation and {@value #EXPIRED}
 * @param at when it took effect
 * @param kind what was to be done
 * @param order the order, if it was about one
 * @param rejected why nothing was done; null if it was done
 * @param product the first product, in their order, of which there are too few units
 * @param changes what has changed; none if it was rejected
 * @param low the products that ran low by it
 */
public record StockOutcome(
    String id,
    Instant at,
    StockCommand.Kind kind,
    @Nullable String order,
    @Nullable Reason rejected,
    @Nullable String product,
    List<Change> changes,
    List<Low> low) {

  /** What the id of an expiry ends with. */
  static final String EXPIRED = "#expired";

  /** Why a command is rejected. */
  public enum Reason {
    /** Fewer units are available. */
    INSUFFICIENT_STOCK,
    /** The order has a reservation. */
    ALREADY_RESERVED,
    /** The order was committed before. */
    ALREADY_COMMITTED,
    /** The order's reservation was cancelled before. */
    ALREADY_CANCELLED,
    /** The order's reservation has expired. */
    ALREADY_EXPIRED,
    /** The order has no reservation, or it ended too long ago. */
    UNKNOWN_ORDER
  }

  /**
   * A change of the stock of a product.
   *
   * @param onHand units that came, or below zero, that left
   * @param reserved units that were set aside, or below zero, that no longer are
   */
  public record Change(String product, long onHand, long reserved) {}

  /**
   * A product that ran low.
   *
   * @param available units that are on hand and not reserved
   */
  public record Low(String product, long available) {}
}
