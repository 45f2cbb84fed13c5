package dhara.connectors.files;

import dhara.connectors.TimeBounds;
import dhara.connectors.files.text.Records;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.EventBug;
import dhara.formats.EventParser;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.time.Instant;

/**
 * Reads segments, in one pass from bytes to records.
 *
 * @param type the record of an event
 * @param mapping how fields become its components
 * @param bounds the range of plausible event times
 * @param maxEventBytes the longest line
 * @param keptBytes how many bytes of a longer one are kept
 * @param startOfRun the time at which the events count as logged
 */
record SegmentReader<T extends Record & Event>(
    Class<T> type,
    Mapping mapping,
    TimeBounds bounds,
    int maxEventBytes,
    int keptBytes,
    Instant startOfRun)
    implements Serializable {

  /** Takes the records of a segment; each is valid until the taker returns. */
  interface RecordTaker<T> {

    /** A record that is an event. */
    void event(T event, Records record) throws IOException;

    /** A record that is not an event. */
    void bad(BadEvent why, Records record) throws IOException;
  }

  /**
   * Reads the records that belong to a segment.
   *
   * @throws IOException if the file is truncated or cannot be divided; the message names it. Also
   *     from the taker
   */
  void read(Segment segment, RecordTaker<T> taker) throws IOException {
    try (Reading<T> reading = open(segment)) {
      boolean more = true;
      while (more) {
        more = reading.next(taker);
      }
    }
  }

  /** A segment that is read record by record. */
  interface Reading<T> extends Closeable {

    /**
     * Passes the next record to the taker.
     *
     * @return false if there is none
     */
    boolean next(RecordTaker<T> taker) throws IOException;
  }

  /** Begins to read the records that belong to a segment. */
  Reading<T> open(Segment segment) throws IOException {
    boolean rows = segment.csv() && segment.divisible();
    long start = rows && !segment.first() ? segment.boundary(segment.start()) : segment.start();
    long end =
        rows && segment.end() < Long.MAX_VALUE ? segment.boundary(segment.end()) : segment.end();
    // A line begins at the start of the segment only if one ends before it.
    long from = !segment.divisible() ? 0 : rows ? start : Math.max(0, start - 1);
    EventParser<T> parser = segment.events(type, mapping).parser();
    InputStream in = open(segment, from);
    Records records = segment.records(in, from, keptBytes);
    return new Reading<>() {
      @Override
      public boolean next(RecordTaker<T> taker) throws IOException {
        boolean more = SegmentReader.next(records, segment);
        while (more && records.start() < start) {
          // the header, or the rest of a line that the segment before has read
          more = SegmentReader.next(records, segment);
        }
        if (!more || records.start() >= end) {
          return false;
        }
        if (rows && records.position() > end) {
          throw overBoundary(segment, records, end);
        }
        take(segment, parser, records, taker);
        return true;
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  private void take(Segment segment, EventParser<T> parser, Records records, RecordTaker<T> taker)
      throws IOException {
    T event;
    try {
      event = parsed(parser, records);
    } catch (BadEvent e) {
      taker.bad(e, records);
      return;
    } catch (EventBug e) {
      throw EventBug.at(segment.source(), segment.position(records), e.getMessage());
    }
    taker.event(event, records);
  }

  private static IOException overBoundary(Segment segment, Records row, long end) {
    return new IOException(
        "cannot divide %s at byte %d: the row at byte %d reaches over it; add ?divide=no"
            .formatted(segment.source(), end, row.start()));
  }

  private T parsed(EventParser<T> parser, Records records) throws BadEvent {
    String broken = records.broken();
    if (broken != null) {
      throw new BadEvent(Reason.MALFORMED, broken);
    }
    if (records.cut() || records.length() > maxEventBytes) {
      throw new BadEvent(
          Reason.TOO_LONG, "longer than " + maxEventBytes + " bytes; the first are kept");
    }
    T event = parser.parse(records.bytes(), records.offset(), records.length());
    bounds.check(event.at(), startOfRun.toEpochMilli());
    return event;
  }

  private static InputStream open(Segment segment, long from) throws IOException {
    try {
      return segment.open(from);
    } catch (IOException e) {
      throw brokenOff(segment, e);
    }
  }

  private static boolean next(Records records, Segment segment) throws IOException {
    try {
      return records.next();
    } catch (IOException e) {
      throw brokenOff(segment, e);
    }
  }

  /** A user sees the root cause of a failure, so it must name the file. */
  private static IOException brokenOff(Segment segment, IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    IOException broken = new IOException("cannot read " + segment.source() + " to its end: " + why);
    broken.addSuppressed(e);
    return broken;
  }
}
