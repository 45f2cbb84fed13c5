package dhara.pipelines.commerce;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A product that was recommended to a user.
 *
 * @param id identity of the recommendation
 * @param at when it was shown
 * @param user to whom
 * @param product the product's code
 * @param algorithm what chose the product
 * @param category the product's category, where known
 * @param segment the group of users that the user belongs to, where known
 */
public record Recommendation(
    String id,
    Instant at,
    String user,
    String product,
    String algorithm,
    @Nullable String category,
    @Nullable String segment)
    implements Event {}
