package dhara.events;

import java.time.Instant;

/**
 * Something that happened once. Events are records. Their compact constructors refuse impossible
 * values (a negative price) with an {@link IllegalArgumentException}, and the parse step then makes
 * a dead letter.
 */
public interface Event {

  /**
   * Identity: two events with the same id are one event seen twice. All copies of an id have the
   * same content. Ids break ties in event time.
   */
  String id();

  /** When it happened, to the microsecond. It is read once, when the bytes are parsed. */
  Instant at();
}
