package dhara.formats;

import dhara.tokens.Tokens;
import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A format of events, which creates parsers. It is small, immutable, and sent to the workers. */
public interface EventFormat<T extends Record> extends Serializable {

  /** The record that events are parsed to. */
  Class<T> type();

  /** A parser for one thread. */
  EventParser<T> parser();

  /** Which components become tokens when they are parsed; null if none do. */
  default @Nullable Tokens tokens() {
    return null;
  }
}
