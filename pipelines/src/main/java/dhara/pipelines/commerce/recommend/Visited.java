package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import dhara.pipelines.commerce.recommend.Recommendations.Asked;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An activity with a product, or a request, with what the user did until then.
 *
 * @param id identity of the activity or request
 * @param at when
 * @param user whose
 * @param occasion what it is
 * @param product the activity's product; null for a request
 * @param arrived whether the product was not among the user's recent ones before
 * @param recent the user's recent products, latest first; the activity's own is the first
 * @param bought what the user has bought lately
 * @param asks whether products are recommended after it
 */
record Visited(
    String id,
    Instant at,
    String user,
    Occasion occasion,
    @Nullable String product,
    boolean arrived,
    List<String> recent,
    List<String> bought,
    boolean asks)
    implements Event {

  /** What an answer to it is about. */
  Asked asked() {
    return new Asked(user, occasion, id);
  }
}
