package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.text.Records;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads files of events one after the other, in the order of their names and lines, with the code
 * of backfills. It holds one line at a time.
 *
 * <p>A line that is longer than an event may be is cut to one byte more than the limit, so it is
 * too long for the next reader too.
 */
public final class Archive<T extends Record & Event> {

  /** Longer than any file, so that each file is one segment. */
  private static final long WHOLE = 1L << 62;

  private final EventFiles<T> files;
  private final TimeBounds bounds;
  private final Instant startOfRun = Instant.now();

  private Archive(EventFiles<T> files, TimeBounds bounds) {
    this.files = files;
    this.bounds = bounds;
  }

  /**
   * The events of files.
   *
   * @param endpoint the files
   * @param type the record of an event
   * @param mapping how fields become its components
   * @param input the input's name, for errors
   * @param bounds the range of plausible event times
   * @param maxEventBytes the longest line
   * @throws dhara.options.BadOption if the endpoint names no files
   */
  public static <T extends Record & Event> Archive<T> of(
      Endpoint endpoint,
      Class<T> type,
      Mapping mapping,
      String input,
      TimeBounds bounds,
      int maxEventBytes) {
    if (!endpoint.scheme().equals("files")) {
      throw endpoint.bad("is no archive; name a file or a pattern such as data/orders-*.jsonl.gz");
    }
    return new Archive<>(new EventFiles<>(endpoint, type, mapping, input, maxEventBytes), bounds);
  }

  /** Takes the records of the archive. */
  public interface ArchiveTaker<T> {

    /**
     * An event.
     *
     * @param json its bytes, if they are JSON; empty for a CSV row
     */
    void event(T event, byte[] json) throws IOException;

    /**
     * A line that is not an event.
     *
     * @param reason the reason that a JSON reader of the line finds
     */
    void garbage(Reason reason, byte[] line) throws IOException;
  }

  /**
   * The formats of the files: {@code jsonl}, {@code csv}, or both.
   *
   * @throws dhara.options.BadOption if there are no files, or one cannot be read
   */
  public List<String> formats() {
    return files.segments(WHOLE).stream()
        .map(segment -> segment.csv() ? "csv" : "jsonl")
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Begins to read it.
   *
   * @param rereading the field mapping of the next reader of the lines
   * @param taker takes the records
   */
  public Reading<T> open(Mapping rereading, ArchiveTaker<T> taker) {
    return new Reading<>(this, rereading, taker);
  }

  /** An archive that is read record by record, so that several can be merged. */
  public static final class Reading<T extends Record & Event> implements Closeable {

    private final SegmentReader<T> reader;
    private final EventParser<T> json;
    private final TimeBounds bounds;
    private final Instant startOfRun;
    private final ArchiveTaker<T> taker;
    private final Iterator<Segment> segments;
    private @Nullable Segment segment;
    private SegmentReader.@Nullable Reading<T> lines;

    private Reading(Archive<T> archive, Mapping rereading, ArchiveTaker<T> taker) {
      EventFiles<T> files = archive.files;
      this.bounds = archive.bounds;
      this.startOfRun = archive.startOfRun;
      this.taker = taker;
      this.reader =
          new SegmentReader<>(
              files.type(),
              files.mapping(),
              bounds,
              files.maxEventBytes(),
              files.maxEventBytes() + 1,
              startOfRun);
      this.json = JsonFormat.of(files.type(), rereading).parser();
      this.segments = files.segments(WHOLE).iterator();
    }

    /**
     * Passes the next record to the taker.
     *
     * @return false if there is none
     * @throws IOException if a file is truncated; or from the taker
     */
    public boolean next() throws IOException {
      while (lines == null || !lines.next(taking())) {
        close();
        if (!segments.hasNext()) {
          return false;
        }
        segment = segments.next();
        lines = reader.open(segment);
      }
      return true;
    }

    private SegmentReader.RecordTaker<T> taking() {
      boolean csv = segment.csv();
      return new SegmentReader.RecordTaker<T>() {
        @Override
        public void event(T event, Records line) throws IOException {
          taker.event(event, csv ? new byte[0] : line.copy());
        }

        @Override
        public void bad(BadEvent why, Records line) throws IOException {
          taker.garbage(reason(why, line), line.copy());
        }
      };
    }

    private Reason reason(BadEvent why, Records line) {
      if (why.reason() == Reason.TOO_LONG) {
        return Reason.TOO_LONG;
      }
      try {
        T event = json.parse(line.bytes(), line.offset(), line.length());
        bounds.check(event.at(), startOfRun.toEpochMilli());
        return why.reason(); // it is bad only under this mapping
      } catch (BadEvent e) {
        return e.reason();
      }
    }

    @Override
    public void close() throws IOException {
      if (lines != null) {
        lines.close();
        lines = null;
      }
    }
  }
}
