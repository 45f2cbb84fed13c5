package dhara.connectors.files;

import dhara.connectors.files.text.Records;
import dhara.events.Event;
import dhara.formats.text.BadEvent;
import dhara.tokens.Seal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The files that a run would read, in words, with the first event as it is understood. */
final class FoundFiles {

  private static final int NAMED = 5;

  /** Ends the reading of a file at its first event. */
  private static final class First extends IOException {

    private static final long serialVersionUID = 1L;

    First(String event) {
      super(event);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private FoundFiles() {}

  /**
   * A line for each of the first files, and one for the first event.
   *
   * @param segments of all files, in the order of their names
   */
  static <T extends Record & Event> List<String> lines(
      List<Segment> segments, SegmentReader<T> reader) {
    Map<String, List<Segment>> files =
        segments.stream()
            .collect(Collectors.groupingBy(Segment::file, LinkedHashMap::new, Collectors.toList()));
    List<String> lines = new ArrayList<>();
    files.values().stream().limit(NAMED).map(FoundFiles::file).forEach(lines::add);
    if (files.size() > NAMED) {
      lines.add("and %,d more files".formatted(files.size() - NAMED));
    }
    lines.add(first(segments, reader));
    return lines;
  }

  private static String file(List<Segment> segments) {
    Segment first = segments.get(0);
    Segment last = segments.get(segments.size() - 1);
    String size =
        last.end() < Long.MAX_VALUE
            ? "%,d bytes".formatted(last.end())
            : first.compressed() ? "compressed" : first.encoding();
    return "%s: %s, %s, %s"
        .formatted(
            first.source(),
            first.format(),
            size,
            segments.size() == 1 ? "read in one piece" : "in " + segments.size() + " pieces");
  }

  private static <T extends Record & Event> String first(
      List<Segment> segments, SegmentReader<T> reader) {
    List<String> bad = new ArrayList<>();
    try {
      for (Segment segment : segments) {
        reader.read(
            segment,
            new SegmentReader.RecordTaker<T>() {
              @Override
              public void event(T event, Records line) throws IOException {
                throw new First(event.toString());
              }

              @Override
              public void bad(BadEvent why, Records line) throws IOException {
                boolean tells = reader.mapping().tokens() == null;
                bad.add(why.reason() + ": " + (tells ? why.getMessage() : Seal.TEXT));
                if (bad.size() == NAMED) {
                  throw new First("none in the first %d lines; %s".formatted(NAMED, bad.get(0)));
                }
              }
            });
      }
    } catch (First e) {
      return "first event: " + e.getMessage();
    } catch (IOException e) {
      return "first event: " + e.getMessage();
    }
    return bad.isEmpty()
        ? "first event: none, there is no line"
        : "first event: none; " + bad.get(0);
  }
}
