package dhara.pipelines.commerce.engagement;

import dhara.events.Event;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that a user did with what others have published.
 *
 * @param id identity
 * @param at when
 * @param user who
 * @param kind what was done, such as {@code LIKE}, {@code SHARE}, {@code COMMENT} or {@code VIEW}
 * @param item what it was done with, if known
 */
public record Interaction(String id, Instant at, String user, String kind, @Nullable String item)
    implements Event {

  public Interaction {
    if (kind.isBlank()) {
      throw new IllegalArgumentException("kind is blank: name what was done, e.g. LIKE");
    }
  }
}
