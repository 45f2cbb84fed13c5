package dhara.events;

import java.time.Instant;

/**
 * What happened, once. Events are records: their compact constructors refuse, by {@link
 * IllegalArgumentException}, what cannot have happened (a negative price), and the parse step makes
 * a dead letter of it.
 */
public interface Event {

  /**
   * Identity: two events with one id are one event seen twice. An id comes with one content; ties
   * in event time are broken by it.
   */
  String id();

  /** When it happened, to the microsecond. Read once, where the bytes are parsed. */
  Instant at();
}
