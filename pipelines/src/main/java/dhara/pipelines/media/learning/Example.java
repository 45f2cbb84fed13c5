package dhara.pipelines.media.learning;

import dhara.events.Event;
import java.time.Instant;
import java.util.List;

/**
 * An impression, once it is known whether it was clicked.
 *
 * @param id that of the impression
 * @param at when it became known: the time of the click, or the end of the time for one
 * @param segment whose model learns from it
 * @param features the numbers of its features, in ascending order
 */
record Example(String id, Instant at, String segment, List<Integer> features, boolean clicked)
    implements Event {}
