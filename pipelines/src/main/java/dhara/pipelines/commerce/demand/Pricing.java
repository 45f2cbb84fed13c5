package dhara.pipelines.commerce.demand;

import dhara.events.Event;
import dhara.pipelines.commerce.demand.CompetitorPrices.Offer;
import dhara.pipelines.commerce.demand.ProductDemand.Bound;
import dhara.pipelines.commerce.demand.ProductDemand.Price;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The demand for a product, and what was known of the product at the end of the window.
 *
 * @param id the product's code
 * @param at the last millisecond of the window
 * @param demand from 0 to the cap
 * @param entry its entry in the catalogue, if it had one
 * @param stock its stock, if that was known
 * @param offers what competitors asked, if that was known
 */
record Pricing(
    String id,
    Instant at,
    double demand,
    @Nullable CatalogueEntry entry,
    @Nullable ProductStock stock,
    @Nullable CompetitorPrices offers)
    implements Event {

  /**
   * How demand and stock move a price.
   *
   * @param basePercent of the MRP, for a product without demand whose stock is as it should be
   * @param demandPercent of the MRP, added at the greatest demand
   * @param stockPercent of the MRP, taken off for twice the stock or more, added for none
   * @param competitorPercent of the lowest competitor's price, which is the most
   * @param cap the greatest demand
   */
  record Formula(
      int basePercent, int demandPercent, int stockPercent, int competitorPercent, double cap)
      implements Serializable {

    /** What the price would be without bounds, in parts of the MRP. */
    double factor(double demand, double pressure) {
      return (basePercent + demandPercent * (demand / cap) - stockPercent * pressure) / 100;
    }

    /** The most that is asked if the lowest competitor asks this. */
    long ceiling(long lowestMinor) {
      return lowestMinor * competitorPercent / 100;
    }
  }

  static Pricing of(String product, double demand, Instant end) {
    return new Pricing(product, end.minusMillis(1), demand, null, null, null);
  }

  Pricing with(@Nullable CatalogueEntry newEntry) {
    return new Pricing(id, at, demand, newEntry, stock, offers);
  }

  Pricing with(@Nullable ProductStock newStock) {
    return new Pricing(id, at, demand, entry, newStock, offers);
  }

  Pricing with(@Nullable CompetitorPrices newOffers) {
    return new Pricing(id, at, demand, entry, stock, newOffers);
  }

  /** The suggested price; null if the catalogue does not have the product. */
  @Nullable Price suggest(Formula formula) {
    if (entry == null) {
      return null;
    }
    Offer lowest = offers == null ? null : offers.lowest().orElse(null);
    double pressure = stock == null ? 0 : stock.pressure();
    double factor = formula.factor(demand, pressure);
    long wanted = Math.max(0, Math.round(entry.mrpMinor() * factor));
    long floor = floor(entry);
    long suggested = wanted;
    Bound bound = Bound.NONE;
    if (suggested > entry.mrpMinor()) {
      suggested = entry.mrpMinor();
      bound = Bound.MRP;
    }
    if (lowest != null && suggested > formula.ceiling(lowest.priceMinor())) {
      suggested = formula.ceiling(lowest.priceMinor());
      bound = Bound.COMPETITOR;
    }
    if (suggested < floor) {
      suggested = Math.min(floor, entry.mrpMinor());
      bound = Bound.MARGIN;
    }
    return new Price(
        suggested,
        bound,
        wanted,
        factor,
        demand,
        stock == null ? null : stock.units(),
        pressure,
        entry.mrpMinor(),
        floor,
        lowest == null ? null : lowest.competitor(),
        lowest == null ? null : lowest.priceMinor());
  }

  /** The least price that leaves the target margin; decimal, as the margin is written. */
  private static long floor(CatalogueEntry entry) {
    return BigDecimal.valueOf(entry.costMinor())
        .divide(
            BigDecimal.ONE.subtract(BigDecimal.valueOf(entry.targetMargin())),
            0,
            RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .longValueExact();
  }
}
