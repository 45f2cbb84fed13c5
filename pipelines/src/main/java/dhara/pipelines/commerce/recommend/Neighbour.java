package dhara.pipelines.commerce.recommend;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A product that came together with another one.
 *
 * @param product the product
 * @param count how often, at most
 * @param over by how much this may be too many, because it took the place of another neighbour
 * @param last when it was last
 */
record Neighbour(String product, long count, long over, Instant last) {

  /** The one that is replaced first: the rarest, of these the oldest, then by name. */
  private static final Comparator<Neighbour> WEAKEST =
      Comparator.comparingLong(Neighbour::count)
          .thenComparing(Neighbour::last)
          .thenComparing(Neighbour::product);

  /** How often it was at least. */
  long certain() {
    return count - over;
  }

  /**
   * Neighbours after another one came. If there are too many, the weakest is replaced, and the new
   * one starts from its count (space-saving): so a neighbour that came more often than every
   * (1/most)-th time is never lost.
   */
  static List<Neighbour> plus(List<Neighbour> all, String product, Instant at, int most) {
    List<Neighbour> more = new ArrayList<>(all);
    for (int i = 0; i < more.size(); i++) {
      Neighbour each = more.get(i);
      if (each.product.equals(product)) {
        more.set(i, new Neighbour(product, each.count + 1, each.over, at));
        return more;
      }
    }
    if (more.size() < most) {
      more.add(new Neighbour(product, 1, 0, at));
      return more;
    }
    Neighbour weakest = more.stream().min(WEAKEST).orElseThrow();
    more.set(more.indexOf(weakest), new Neighbour(product, weakest.count + 1, weakest.count, at));
    return more;
  }
}
