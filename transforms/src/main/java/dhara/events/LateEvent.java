package dhara.events;

import java.time.Instant;

/**
 * An event of a stream that came too late and is in no answer. A backfill's answers cover the
 * stream's answers and its late events.
 *
 * @param input the input of the analysis that read it
 * @param id the event's id
 * @param at the event's time
 * @param windowStart start of the window that it missed: the one of its windows that closed first
 * @param windowEnd end of that window (exclusive)
 * @param lateMillis how far the watermark had passed the window's end when the event came, in
 *     milliseconds; if that window never ends, how far it had passed the event's time; at least the
 *     allowed lateness
 * @param source where it came from: {@code kafka://topic}
 * @param position its position there: {@code partition=3 offset=77}
 * @param event the event as JSON, with the names of its components
 */
public record LateEvent(
    String input,
    String id,
    Instant at,
    Instant windowStart,
    Instant windowEnd,
    long lateMillis,
    String source,
    String position,
    String event)
    implements Event {}
