package dhara.formats;

import java.io.Serializable;

/** How the bytes of one event are read: makes parsers. Small, immutable, sent to the workers. */
public interface EventFormat<T extends Record> extends Serializable {

  /** The record that events are parsed to. */
  Class<T> type();

  /** A parser for one thread. */
  EventParser<T> parser();
}
