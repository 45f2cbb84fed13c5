package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What an activity says about one of the products that it brings together.
 *
 * @param id identity of the activity
 * @param at when it was done
 * @param product the product
 * @param points what the activity adds to its popularity
 * @param arrived whether it came among the user's recent products
 * @param with the products that it came together with
 */
record Touch(String id, Instant at, String product, int points, boolean arrived, List<String> with)
    implements Event {

  /**
   * What a visit says: of its own product, and if that came among the user's recent ones, also of
   * each of these. So an activity makes at most as many touches as a user has recent products.
   */
  static List<Touch> of(Visited visit) {
    if (visit.product() == null) {
      return List.of();
    }
    List<String> others =
        visit.arrived() ? visit.recent().subList(1, visit.recent().size()) : List.of();
    List<Touch> touches = new ArrayList<>(1 + others.size());
    touches.add(
        new Touch(
            visit.id(),
            visit.at(),
            visit.product(),
            visit.occasion().points(),
            visit.arrived(),
            others));
    for (String other : others) {
      touches.add(new Touch(visit.id(), visit.at(), other, 0, false, List.of(visit.product())));
    }
    return touches;
  }
}
