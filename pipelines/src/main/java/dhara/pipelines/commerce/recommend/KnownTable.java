package dhara.pipelines.commerce.recommend;

import java.time.Instant;
import java.util.List;

/**
 * A version of what is known of a product or, under the key {@link #SHOP}, of all.
 *
 * @param at the end of the period that it knows
 * @param heat the popularity of the product, or of the most popular one ({@link Heat})
 * @param arrivals how often the product came among the recent products of a user; 0 for all
 * @param neighbours the products that it came together with; none for all
 * @param hottest the most popular products, most popular first; none for a product
 */
record KnownTable(
    Instant at, double heat, long arrivals, List<Neighbour> neighbours, List<String> hottest) {

  /** The key of what is known of all products. No product has an empty code. */
  static final String SHOP = "";
}
