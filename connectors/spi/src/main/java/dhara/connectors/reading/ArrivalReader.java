package dhara.connectors.reading;

import dhara.connectors.Decoding;
import dhara.events.Event;
import dhara.formats.EventBug;
import dhara.formats.EventParser;
import dhara.formats.text.BadEvent;
import dhara.tokens.Seal;
import dhara.tokens.Tokens;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the values of records. It holds a parser, so it belongs to one thread. */
public final class ArrivalReader<T extends Record & Event> {

  private final Decoding<T> decoding;
  private final EventParser<T> parser;
  private final @Nullable Seal seal;

  public ArrivalReader(Decoding<T> decoding) {
    this.decoding = decoding;
    this.parser = decoding.format().parser();
    Tokens tokens = decoding.format().tokens();
    this.seal = tokens == null ? null : tokens.seal();
  }

  /**
   * Reads a value; the caller must {@link Arrival#settle settle} the result.
   *
   * @param value null for a tombstone
   */
  public Arrival<T> read(byte @Nullable [] value) {
    long seenMillis = System.currentTimeMillis();
    if (value == null) {
      return Arrival.tombstone(seenMillis);
    }
    if (value.length > decoding.maxEventBytes()) {
      return Arrival.tooLong(
          value.length + " bytes, more than " + decoding.maxEventBytes(),
          Arrays.copyOf(value, decoding.maxEventBytes()),
          value,
          seenMillis,
          seal);
    }
    try {
      return Arrival.parsed(parser.parse(value, 0, value.length), value, seenMillis);
    } catch (BadEvent e) {
      Arrival<T> bad = Arrival.bad(e.reason(), e.getMessage(), value, value.length, seenMillis);
      return seal == null ? bad : bad.sealed(seal);
    } catch (EventBug e) {
      return Arrival.bug(e, value.length, seenMillis);
    }
  }

  /** Reads a value and settles it with its record's timestamp. */
  public Arrival<T> read(byte @Nullable [] value, long recordMillis) {
    Arrival<T> arrival = read(value);
    arrival.settle(decoding, recordMillis);
    return arrival;
  }
}
