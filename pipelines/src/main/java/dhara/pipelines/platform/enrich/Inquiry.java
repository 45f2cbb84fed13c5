package dhara.pipelines.platform.enrich;

import dhara.events.Event;
import java.time.Instant;

/**
 * Something that happened and is to be enriched.
 *
 * @param id identity
 * @param at when it happened
 * @param key what the service is asked about, such as a customer
 */
public record Inquiry(String id, Instant at, String key) implements Event {

  /** The longest key: it may become part of an address. */
  private static final int LONGEST_KEY = 1_000;

  public Inquiry {
    if (key.isEmpty() || key.length() > LONGEST_KEY) {
      throw new IllegalArgumentException(
          "a key has 1 to %,d characters, not %,d".formatted(LONGEST_KEY, key.length()));
    }
  }
}
