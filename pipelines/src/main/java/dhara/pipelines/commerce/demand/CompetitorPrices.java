package dhara.pipelines.commerce.demand;

import dhara.events.Event;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What competitors ask for a product, from a time on: the outcome of one comparison, which replaces
 * that before.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param product the product's code
 * @param offers one for each competitor who sells it; empty if none does
 */
public record CompetitorPrices(String id, Instant at, String product, List<Offer> offers)
    implements Event {

  /**
   * A competitor's price.
   *
   * @param competitor who
   * @param priceMinor for how much, in minor units of the currency
   */
  public record Offer(String competitor, long priceMinor) {

    public Offer {
      CatalogueEntry.checkPrice("priceMinor", priceMinor);
    }
  }

  /** The lowest offer; of equal ones, that of the first competitor by name. */
  Optional<Offer> lowest() {
    return offers.stream()
        .min(Comparator.comparing(Offer::priceMinor).thenComparing(Offer::competitor));
  }
}
