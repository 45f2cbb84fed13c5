package dhara.pipelines.media.ads;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A break in which an advertisement can be shown.
 *
 * @param id identity of the break; of two at the same time, the one with the smaller id came first
 * @param at when it begins
 * @param user who watches
 * @param content what is watched, where known
 * @param region where the user is
 * @param device the kind of device
 * @param language of the content
 * @param market where budgets are spent, e.g. a country
 */
public record AdRequest(
    String id,
    Instant at,
    String user,
    @Nullable String content,
    String region,
    String device,
    String language,
    String market)
    implements Event {}
