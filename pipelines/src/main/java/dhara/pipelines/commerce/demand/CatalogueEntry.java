package dhara.pipelines.commerce.demand;

import dhara.events.Event;
import java.time.Instant;

/**
 * A product in the catalogue, from a time on.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param product the product's code
 * @param mrpMinor the highest price at which it may be sold, in minor units of the currency
 * @param costMinor what it costs the shop, in minor units
 * @param targetMargin the least part of the price that is to be left after the cost, from 0 to
 *     below 1
 */
public record CatalogueEntry(
    String id, Instant at, String product, long mrpMinor, long costMinor, double targetMargin)
    implements Event {

  /** The highest price of a unit. */
  static final long MOST_MINOR = 1_000_000_000_000L;

  public CatalogueEntry {
    checkPrice("mrpMinor", mrpMinor);
    if (costMinor < 0 || costMinor > MOST_MINOR) {
      throw new IllegalArgumentException(
          "costMinor is not between 0 and " + MOST_MINOR + ": " + costMinor);
    }
    if (!(targetMargin >= 0 && targetMargin < 1)) {
      throw new IllegalArgumentException(
          "targetMargin is not from 0 to below 1, e.g. 0.2 for 20 %: " + targetMargin);
    }
  }

  static void checkPrice(String name, long minor) {
    if (minor <= 0 || minor > MOST_MINOR) {
      throw new IllegalArgumentException(
          name + " is not between 1 and " + MOST_MINOR + ": " + minor);
    }
  }
}
