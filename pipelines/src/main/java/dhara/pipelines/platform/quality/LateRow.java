package dhara.pipelines.platform.quality;

import dhara.events.Event;
import java.time.Instant;

/**
 * A late event, as a stream writes it; its content is not needed.
 *
 * @param id identity of the event
 * @param at when it happened, which is where answers miss it
 * @param input the input that read it; here, the source that is judged
 * @param lateMillis how far behind it was, in milliseconds
 */
public record LateRow(String id, Instant at, String input, long lateMillis) implements Event {

  public LateRow {
    if (lateMillis < 0) {
      throw new IllegalArgumentException("lateMillis is below zero: " + lateMillis);
    }
  }
}
