package dhara.pipelines.commerce.recommend;

import dhara.events.Event;
import java.time.Instant;

/**
 * Somebody asks for recommendations for a user, such as a page that shows them.
 *
 * @param id identity of the request
 * @param at when it was asked
 * @param user for whom
 */
public record RecommendationRequest(String id, Instant at, String user) implements Event {}
