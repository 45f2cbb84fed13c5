package dhara.io;

import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.BadEvent;
import dhara.formats.EventParser;
import dhara.formats.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.time.Instant;

/**
 * Reads segments: one pass from bytes to records.
 *
 * @param type the record of an event
 * @param mapping how fields become its components
 * @param bounds which event times can be true
 * @param maxEventBytes the longest line
 * @param keptBytes how much of a longer one is kept
 * @param startOfRun when the events count as logged
 */
record SegmentReader<T extends Record & Event>(
    Class<T> type,
    Mapping mapping,
    TimeBounds bounds,
    int maxEventBytes,
    int keptBytes,
    Instant startOfRun)
    implements Serializable {

  /** Takes what the lines of a segment are; a line is valid until the taker returns. */
  interface Taker<T> {

    /** A line that is an event. */
    void event(T event, Lines line) throws IOException;

    /** A line that is none. */
    void bad(BadEvent why, Lines line) throws IOException;
  }

  /**
   * Reads the lines that belong to a segment.
   *
   * @throws IOException where the file breaks off, naming it; and what the taker throws
   */
  void read(Segment segment, Taker<T> taker) throws IOException {
    EventParser<T> parser = segment.events(type, mapping).parser();
    try (InputStream in = open(segment)) {
      Lines lines =
          new Lines(in, segment.compressed() ? 0 : Math.max(0, segment.start() - 1), keptBytes);
      while (next(lines, segment)) {
        if (lines.start() < segment.start()) {
          continue; // the header, or the rest of a line that the segment before has read
        }
        if (lines.start() >= segment.end()) {
          break;
        }
        T event;
        try {
          event = parsed(parser, lines);
        } catch (BadEvent e) {
          taker.bad(e, lines);
          continue;
        }
        taker.event(event, lines);
      }
    }
  }

  private T parsed(EventParser<T> parser, Lines lines) throws BadEvent {
    if (lines.cut() || lines.length() > maxEventBytes) {
      throw new BadEvent(
          Reason.TOO_LONG, "longer than " + maxEventBytes + " bytes; the first are kept");
    }
    T event = parser.parse(lines.bytes(), lines.offset(), lines.length());
    bounds.check(event.at(), startOfRun.toEpochMilli());
    return event;
  }

  private static InputStream open(Segment segment) throws IOException {
    try {
      return segment.open();
    } catch (IOException e) {
      throw brokenOff(segment, e);
    }
  }

  private static boolean next(Lines lines, Segment segment) throws IOException {
    try {
      return lines.next();
    } catch (IOException e) {
      throw brokenOff(segment, e);
    }
  }

  /** What a user sees of a failure is its root, and that must name the file. */
  private static IOException brokenOff(Segment segment, IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    IOException broken = new IOException("cannot read " + segment.file() + " to its end: " + why);
    broken.addSuppressed(e);
    return broken;
  }
}
