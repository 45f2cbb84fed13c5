package dhara.formats;

import java.io.Serializable;

/** A format of events, which creates parsers. It is small, immutable, and sent to the workers. */
public interface EventFormat<T extends Record> extends Serializable {

  /** The record that events are parsed to. */
  Class<T> type();

  /** A parser for one thread. */
  EventParser<T> parser();
}
