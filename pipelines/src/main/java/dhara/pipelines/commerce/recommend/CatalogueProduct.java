package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a product is, from a time on.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param product the product's code
 * @param category the group of products that it belongs to
 * @param brand who makes it, where known
 * @param priceMinor its price in minor units of the currency, where known
 */
public record CatalogueProduct(
    String id,
    Instant at,
    String product,
    String category,
    @Nullable String brand,
    @Nullable Long priceMinor)
    implements Event {

  private static final long MOST_MINOR = 1_000_000_000_000L;

  public CatalogueProduct {
    if (priceMinor != null && (priceMinor <= 0 || priceMinor > MOST_MINOR)) {
      throw new IllegalArgumentException(
          "priceMinor is not between 1 and " + MOST_MINOR + ": " + priceMinor);
    }
  }

  /** How much it is like another product, from 0 to 1: half of it is the category. */
  double likeness(CatalogueProduct other) {
    int quarters = category.equals(other.category) ? 2 : 0;
    quarters += brand != null && brand.equals(other.brand) ? 1 : 0;
    quarters += priceMinor != null && other.priceMinor != null && near(other) ? 1 : 0;
    return quarters / 4.0;
  }

  /** Whether neither costs more than twice the other. */
  private boolean near(CatalogueProduct other) {
    return priceMinor <= 2 * other.priceMinor && other.priceMinor <= 2 * priceMinor;
  }
}
