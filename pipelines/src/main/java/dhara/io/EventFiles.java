package dhara.io;

import dhara.events.Event;
import dhara.files.Listing;
import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.io.fs.MatchResult;

/**
 * The files that an endpoint names, and how the lines of each are read: {@code
 * files:PATH?format=jsonl|csv&columns=a,b,c&delimiter=;}.
 *
 * @param endpoint the files
 * @param type the record of an event
 * @param mapping how fields become its components
 * @param input the input's name, for errors
 * @param maxEventBytes the longest line
 */
record EventFiles<T extends Record & Event>(
    Endpoint endpoint, Class<T> type, Mapping mapping, String input, int maxEventBytes) {

  private static final Set<String> PARAMETERS = Set.of("format", "columns", "delimiter");
  private static final String COMPRESSED = "\\.(gz|bz2|zst|zip|deflate|lzo|snappy)$";

  EventFiles {
    endpoint.allow(PARAMETERS);
  }

  /**
   * The files in the order of their names, those that can be divided in segments.
   *
   * @param segmentBytes how long a segment is at most
   * @throws dhara.options.BadOption where there is none, or one cannot be read
   */
  List<Segment> segments(long segmentBytes) {
    List<MatchResult.Metadata> files = new ArrayList<>();
    try {
      files.addAll(Listing.of(endpoint.path()));
    } catch (IOException e) {
      throw endpoint.bad("cannot be listed: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw endpoint.bad("no such file; name a file or a pattern such as test-data/orders/*.jsonl");
    }
    files.sort(Comparator.comparing(f -> f.resourceId().toString()));
    List<Segment> segments = new ArrayList<>();
    for (MatchResult.Metadata file : files) {
      String name = file.resourceId().toString();
      if (file.resourceId().isDirectory()) {
        throw endpoint.bad("is a folder; name the files in it, e.g. " + name + "*.jsonl");
      }
      long size = file.sizeBytes();
      Segment whole = whole(name);
      if (size == 0 && whole.compressed()) {
        throw endpoint.bad(name + " is empty, so it is not compressed but broken; leave it out");
      }
      boolean divisible = !whole.compressed() && file.isReadSeekEfficient();
      long from = whole.start();
      do {
        long to = divisible ? Math.min(from + segmentBytes, size) : Long.MAX_VALUE;
        segments.add(
            new Segment(name, from, to, whole.format(), whole.delimiter(), whole.columns()));
        from = to;
      } while (divisible && from < size);
    }
    return segments;
  }

  /** The whole of a file's events: reads the header of a CSV file, and checks that it fits. */
  private Segment whole(String file) {
    String bare = file.replaceFirst(COMPRESSED, "");
    String format = endpoint.parameter("format", bare.endsWith(".csv") ? "csv" : "jsonl");
    if (!format.equals("csv") && !format.equals("jsonl")) {
      throw endpoint.bad("format=" + format + " is not known; it is jsonl or csv");
    }
    String delimiter = endpoint.parameter("delimiter", ",");
    if (delimiter.length() != 1 || delimiter.charAt(0) > 127) {
      throw endpoint.bad(
          "delimiter=" + delimiter + " is not one ASCII character, e.g. delimiter=;");
    }
    Segment segment = new Segment(file, 0, Long.MAX_VALUE, format, delimiter, List.of());
    if (format.equals("csv")) {
      String columns = endpoint.parameter("columns", "");
      if (!columns.isEmpty()) {
        segment =
            new Segment(
                file, 0, Long.MAX_VALUE, format, delimiter, List.of(columns.split(",", -1)));
      } else {
        segment = afterHeader(segment);
      }
    }
    try {
      EventFormat<T> unused = segment.events(type, mapping);
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(file + " cannot be read as " + input + ": " + e.getMessage(), e);
    }
    return segment;
  }

  private Segment afterHeader(Segment segment) {
    try (InputStream in = segment.open()) {
      Lines lines = new Lines(in, 0, maxEventBytes);
      if (!lines.next()) {
        throw endpoint.bad(segment.file() + " is empty, so it has no header; leave the file out");
      } else if (lines.cut()) {
        throw endpoint.bad(
            segment.file() + " starts with a line too long for a header; name its columns=a,b,c");
      }
      String header = new String(lines.copy(), StandardCharsets.UTF_8);
      List<String> columns = CsvFormat.columns(header, segment.delimiter().charAt(0));
      return new Segment(
          segment.file(), lines.position(), Long.MAX_VALUE, "csv", segment.delimiter(), columns);
    } catch (IOException e) {
      throw endpoint.bad(segment.file() + " cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(segment.file() + " starts with " + e.getMessage(), e);
    }
  }
}
