package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import dhara.pipelines.commerce.recommend.Recommendations.Pick;
import dhara.pipelines.commerce.recommend.Recommendations.Recommended;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is recommended on an occasion, and what popularity alone would recommend.
 *
 * @param cold whether nothing is known of the user
 * @param tables the end of the last period that the tables know; null if there are none
 * @param weights the version of the weights
 * @param picks the best products by all scores, best first
 * @param popular the best products by popularity alone
 */
record Ranking(
    Instant at,
    String id,
    String user,
    Occasion occasion,
    boolean cold,
    @Nullable Instant tables,
    String weights,
    List<Pick> picks,
    List<String> popular)
    implements Event {

  Recommended recommended() {
    return new Recommended(cold, tables, weights, picks);
  }
}
