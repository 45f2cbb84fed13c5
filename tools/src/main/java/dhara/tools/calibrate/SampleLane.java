package dhara.tools.calibrate;

import dhara.connectors.files.Archive;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.pipelines.Input;
import dhara.tools.generate.LineWriter;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;

/** Reads the records of one input for a sample, one after the other, as lines of JSON. */
final class SampleLane<T extends Record & Event> implements Archive.ArchiveTaker<T>, Closeable {

  private static final byte LINE_FEED = '\n';

  private final String name;
  private final LineWriter writer;
  private final boolean verbatim;
  private final Archive.Reading<T> reading;
  private byte[] line = new byte[0];
  private Instant latest = Instant.MIN;
  private Instant from = Instant.MAX;
  private Instant until = Instant.MIN;

  private SampleLane(Input<T> input, Archive<T> archive, LineWriter writer, boolean verbatim) {
    this.name = input.name();
    this.writer = writer;
    this.verbatim = verbatim;
    this.reading = archive.open(Mapping.none(), this);
  }

  /**
   * A lane.
   *
   * @param archive the files of this input
   * @param verbatim whether JSON is passed on as it is, and not written anew
   */
  @SuppressWarnings("unchecked") // the archive was made for this input
  static <T extends Record & Event> SampleLane<T> of(
      Input<T> input, Archive<?> archive, LineWriter writer, boolean verbatim) {
    return new SampleLane<>(input, (Archive<T>) archive, writer, verbatim);
  }

  /** The input. */
  String name() {
    return name;
  }

  /** The time of the event that was read last; the least instant before the first. */
  Instant latest() {
    return latest;
  }

  /** The earliest time of an event so far. */
  Instant from() {
    return from;
  }

  /** The latest time of an event so far. */
  Instant until() {
    return until;
  }

  /** Reads the next record; false if there is none. */
  boolean next() throws IOException {
    return reading.next();
  }

  /** The record that was read last, with a line feed. */
  byte[] line() {
    return line;
  }

  @Override
  public void event(T event, byte[] json) {
    line = asLine(verbatim && json.length > 0 ? json : writer.line(event));
    latest = event.at();
    from = latest.isBefore(from) ? latest : from;
    until = latest.isAfter(until) ? latest : until;
  }

  @Override
  public void garbage(Reason reason, byte[] bytes) {
    line = asLine(bytes);
  }

  /** A record as one line: JSON has line feeds only between its parts. */
  static byte[] asLine(byte[] record) {
    byte[] line = Arrays.copyOf(record, record.length + 1);
    for (int i = 0; i < record.length; i++) {
      if (line[i] == LINE_FEED || line[i] == '\r') {
        line[i] = ' ';
      }
    }
    line[record.length] = LINE_FEED;
    return line;
  }

  @Override
  public void close() throws IOException {
    reading.close();
  }
}
