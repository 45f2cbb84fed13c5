package dhara.tools.redrive;

import dhara.connectors.Decoding;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.ArrivalReader;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.formats.text.BadEvent;
import dhara.tools.generate.LineWriter;
import dhara.tools.replay.RecordKey;

/**
 * Reads letters as their source would read them now, with the code of sources. So it is known
 * before anything is sent which letters are events, and a letter that is sent holds an event, never
 * another letter.
 *
 * @param <T> the events
 */
final class EventMender<T extends Record & Event> implements Mender {

  private static final long NO_TIMESTAMP = -1;

  private final String input;
  private final ArrivalReader<T> reader;
  private final RecordKey<T> keys;
  private final LineWriter writer;
  private final boolean rewritten;

  /**
   * @param decoding how letters are read now
   * @param keys the key of a record
   * @param writer writes events under the names of their components
   * @param rewritten whether events are sent as that writes them, and not as their original bytes
   */
  EventMender(Decoding<T> decoding, RecordKey<T> keys, LineWriter writer, boolean rewritten) {
    this.input = decoding.input();
    this.reader = new ArrivalReader<>(decoding);
    this.keys = keys;
    this.writer = writer;
    this.rewritten = rewritten;
  }

  @Override
  public Mended of(DeadLetter letter) throws BadEvent {
    Mender.checkWhole(letter);
    Arrival<T> arrival = reader.read(letter.bytes(), NO_TIMESTAMP);
    T event = arrival.event();
    if (event == null) {
      DeadLetter again = arrival.deadLetter(input, letter.source(), letter.position());
      throw new BadEvent(again.reason(), again.text());
    }
    return new Mended("", keys.of(event), rewritten ? writer.line(event) : letter.bytes());
  }
}
