package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.files.text.Beginning;
import dhara.connectors.files.text.Records;
import dhara.events.Event;
import dhara.files.Listing;
import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.JsonFields;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The files that an endpoint names, and how the records of each are read: {@code
 * files:PATH?NAME=VALUE…} where PATH may have wild cards and may be on any file system that Beam
 * supports. A folder means the files directly in it, except those whose name begins with a dot or
 * an underscore; {@code -} means the standard input.
 *
 * <ul>
 *   <li>{@code format=} {@code jsonl}: one JSON event per line; {@code json}: JSON events over any
 *       number of lines, also as elements of an array; or {@code csv}. By default the file's name
 *       decides ({@code .csv} and {@code .tsv} are CSV; {@code .jsonl}, {@code .ndjson} and {@code
 *       .json} are JSON); any other file is JSON if its first character is a brace or bracket, and
 *       otherwise CSV. JSON is read as {@code json} if its first value spans lines or is an array.
 *   <li>{@code columns=} of CSV, by default the header line of each file
 *   <li>{@code delimiter=} of CSV, by default comma, semicolon, tab or bar, whichever splits the
 *       first line into the most cells
 *   <li>{@code encoding=}, by default UTF-8, or UTF-16 if the file has its byte order mark
 *   <li>{@code divide=no} reads each file in one piece
 *   <li>{@code check=no} reads JSON events even if the first hundred lack a field
 * </ul>
 */
final class EventFiles<T extends Record & Event> {

  private static final Set<String> PARAMETERS =
      Set.of("format", "columns", "delimiter", "encoding", "divide", "check");
  private static final String COMPRESSED = "\\.(gz|bz2|zst|zip|deflate|lzo|snappy)$";

  /** How many JSON events are checked before the run. */
  private static final int CHECKED = 100;

  private final Endpoint endpoint;
  private final Class<T> type;
  private final Mapping mapping;
  private final String input;
  private final int maxEventBytes;
  private final JsonFields fields = new JsonFields();
  private @Nullable List<Found> found;

  /**
   * A file.
   *
   * @param whole how its events are read
   * @param size in bytes
   * @param divisible whether it may be read in segments
   */
  private record Found(Segment whole, long size, boolean divisible) {

    /** The approximate size of its text. */
    long textBytes() {
      return whole.compressed() ? UNPACKED * size : size;
    }
  }

  /**
   * The size of a compressed file's text, divided by that of the file. An estimate: events are
   * repetitive.
   */
  private static final int UNPACKED = 6;

  /**
   * The files of an endpoint.
   *
   * @param type the record of an event
   * @param mapping how fields become its components
   * @param input the input's name, for errors
   * @param maxEventBytes the longest event
   * @throws dhara.options.BadOption if a parameter is unknown
   */
  EventFiles(Endpoint endpoint, Class<T> type, Mapping mapping, String input, int maxEventBytes) {
    this.endpoint = endpoint.allow(PARAMETERS);
    this.type = type;
    this.mapping = mapping;
    this.input = input;
    this.maxEventBytes = maxEventBytes;
  }

  Class<T> type() {
    return type;
  }

  Mapping mapping() {
    return mapping;
  }

  String input() {
    return input;
  }

  int maxEventBytes() {
    return maxEventBytes;
  }

  /**
   * The files in the order of their names; divisible ones as segments.
   *
   * @param segmentBytes the largest size of a segment
   * @throws dhara.options.BadOption if there is none, or one cannot be read
   */
  List<Segment> segments(long segmentBytes) {
    return sized(segmentBytes).stream().map(SegmentGroup.Sized::segment).toList();
  }

  /** The segments, in groups that are large enough for a worker. */
  List<SegmentGroup> groups(long segmentBytes) {
    return SegmentGroup.of(sized(segmentBytes), segmentBytes);
  }

  private List<SegmentGroup.Sized> sized(long segmentBytes) {
    List<SegmentGroup.Sized> segments = new ArrayList<>();
    for (Found file : found()) {
      long from = file.whole.start();
      boolean first = true;
      do {
        boolean last = !file.divisible || file.size - from <= segmentBytes;
        long whole = file.divisible ? Math.max(from, file.size) : Long.MAX_VALUE;
        long to = last ? whole : from + segmentBytes;
        long bytes = file.divisible ? to - from : file.textBytes();
        segments.add(new SegmentGroup.Sized(part(file.whole, from, to, first), bytes));
        first = last;
        from = to;
      } while (!first);
    }
    return segments;
  }

  private static Segment part(Segment whole, long from, long to, boolean first) {
    return new Segment(
        whole.file(),
        whole.source(),
        from,
        to,
        first,
        whole.format(),
        whole.encoding(),
        whole.delimiter(),
        whole.columns());
  }

  private List<Found> found() {
    List<Found> known = found;
    if (known == null) {
      known = files();
      found = known;
    }
    return known;
  }

  private List<Found> files() {
    boolean divide = yes("divide");
    boolean standardInput = endpoint.path().equals("-");
    List<Found> files = new ArrayList<>();
    for (MatchResult.Metadata file : listed(standardInput)) {
      String name = file.resourceId().toString();
      Segment whole = whole(name, standardInput ? "-" : name, file.sizeBytes());
      files.add(
          new Found(
              whole, file.sizeBytes(), divide && whole.divisible() && file.isReadSeekEfficient()));
    }
    checkFields(yes("check"));
    return files;
  }

  private boolean yes(String parameter) {
    String value = endpoint.parameter(parameter, "yes");
    if (!value.equals("yes") && !value.equals("no")) {
      throw endpoint.bad(parameter + "=" + value + " is neither yes nor no");
    }
    return value.equals("yes");
  }

  private List<MatchResult.Metadata> listed(boolean standardInput) {
    List<MatchResult.Metadata> files = new ArrayList<>();
    try {
      String path = standardInput ? StandardInput.spooled().toString() : endpoint.path();
      for (MatchResult.Metadata match : Listing.of(path)) {
        if (match.resourceId().isDirectory()) {
          Listing.of(match.resourceId() + "*").stream()
              .filter(EventFiles::visible)
              .forEach(files::add);
          if (files.isEmpty()) {
            throw endpoint.bad(
                "is a folder without files; folders in it are not searched, so name one of them, or a pattern"
                    + " such as DIR/*/*.jsonl");
          }
        } else {
          files.add(match);
        }
      }
    } catch (IOException e) {
      throw endpoint.bad("cannot be listed: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw endpoint.bad(
          "no such file; name a file or a pattern such as test-data/order-metrics/*.jsonl");
    }
    files.sort(Comparator.comparing(file -> file.resourceId().toString()));
    return files;
  }

  private static boolean visible(MatchResult.Metadata file) {
    String name = file.resourceId().getFilename();
    return !file.resourceId().isDirectory()
        && name != null
        && !name.startsWith(".")
        && !name.startsWith("_");
  }

  /** A whole file as one segment: reads the header of a CSV file, and checks that it fits. */
  private Segment whole(String file, String source, long size) {
    Segment bytes =
        new Segment(file, source, 0, Long.MAX_VALUE, true, "jsonl", Segment.UTF_8, ",", List.of());
    if (size == 0 && bytes.compressed()) {
      throw endpoint.bad(source + " is empty, so it is not compressed but broken; leave it out");
    }
    Beginning raw = beginning(bytes);
    String encoding = encoding(raw);
    Segment text =
        new Segment(file, source, 0, Long.MAX_VALUE, true, "jsonl", encoding, ",", List.of());
    Beginning beginning = encoding.equals(Segment.UTF_8) ? raw : beginning(text);
    String format = format(file.replaceFirst(COMPRESSED, ""), beginning);
    String columns = endpoint.parameter("columns", "");
    List<String> named = columns.isEmpty() ? List.of() : List.of(columns.split(",", -1));
    Segment whole =
        new Segment(
            file,
            source,
            0,
            Long.MAX_VALUE,
            true,
            format,
            encoding,
            format.equals("csv") ? delimiter(file, beginning, named.size()) : ",",
            named);
    if (!whole.csv()) {
      look(whole, beginning);
      return whole;
    }
    whole = named.isEmpty() ? afterHeader(whole) : whole;
    try {
      EventFormat<T> unused = whole.events(type, mapping);
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(
          source + " cannot be read as " + input + ": " + e.getMessage() + asCsv(file), e);
    }
    return whole;
  }

  /** Explains why a file is read as CSV, if only its first character decided it. */
  private String asCsv(String file) {
    return byName(file.replaceFirst(COMPRESSED, "")).isEmpty()
            && !endpoint.parameters().containsKey("format")
        ? ". It is read as CSV because it begins with neither { nor [; if it is JSON, add"
            + " ?format=jsonl"
        : "";
  }

  private Beginning beginning(Segment segment) {
    try (InputStream in = segment.open(0)) {
      return Beginning.of(in);
    } catch (IOException e) {
      throw endpoint.bad(segment.source() + " cannot be read: " + why(e), e);
    }
  }

  private static String why(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private String encoding(Beginning raw) {
    String encoding = endpoint.parameter("encoding", "");
    if (encoding.isEmpty()) {
      return raw.marked().map(Charset::name).orElse(Segment.UTF_8);
    }
    try {
      return Charset.forName(encoding).name();
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(
          "encoding="
              + encoding
              + " is not known; it is e.g. UTF-8, UTF-16, ISO-8859-1 or windows-1252",
          e);
    }
  }

  private String format(String file, Beginning beginning) {
    String format = endpoint.parameter("format", byName(file));
    if (format.isEmpty()) {
      format = beginning.json() || beginning.blank() ? "jsonl" : "csv";
    }
    if (!Set.of("csv", "json", "jsonl").contains(format)) {
      throw endpoint.bad("format=" + format + " is not known; it is jsonl, json or csv");
    }
    boolean given = endpoint.parameters().containsKey("format");
    return !given && format.equals("jsonl") && beginning.documents() ? "json" : format;
  }

  /** The format by the file's name; empty if the name does not tell. */
  private static String byName(String file) {
    String ending = file.substring(file.lastIndexOf('.') + 1);
    return switch (ending) {
      case "csv", "tsv" -> "csv";
      case "jsonl", "ndjson", "json" -> "jsonl";
      default -> "";
    };
  }

  private String delimiter(String file, Beginning beginning, int columns) {
    String delimiter = endpoint.parameter("delimiter", "");
    if (delimiter.equals("tab")) {
      return "\t";
    } else if (delimiter.isEmpty()) {
      boolean tabs = file.replaceFirst(COMPRESSED, "").endsWith(".tsv");
      return tabs ? "\t" : String.valueOf(beginning.delimiter(columns));
    }
    if (delimiter.length() != 1 || delimiter.charAt(0) > 127) {
      throw endpoint.bad(
          "delimiter=" + delimiter + " is not one ASCII character, e.g. delimiter=;");
    }
    return delimiter;
  }

  private Segment afterHeader(Segment segment) {
    try (InputStream in = segment.open(0)) {
      Records rows = segment.records(in, 0, maxEventBytes);
      if (!rows.next()) {
        throw endpoint.bad(segment.source() + " is empty, so it has no header; leave the file out");
      } else if (rows.cut()) {
        throw endpoint.bad(
            segment.source() + " starts with a line too long for a header; name its columns=a,b,c");
      }
      String header = new String(rows.copy(), StandardCharsets.UTF_8);
      List<String> columns = CsvFormat.columns(header, segment.delimiter().charAt(0));
      return new Segment(
          segment.file(),
          segment.source(),
          rows.position(),
          Long.MAX_VALUE,
          true,
          "csv",
          segment.encoding(),
          segment.delimiter(),
          columns);
    } catch (IOException e) {
      throw endpoint.bad(segment.source() + " cannot be read: " + why(e), e);
    } catch (IllegalArgumentException e) {
      throw mapping.tokens() == null
          ? endpoint.bad(segment.source() + " starts with " + e.getMessage(), e)
          : endpoint.bad(segment.source() + " starts with no header of columns");
    }
  }

  /** Collects the fields of the first JSON events. */
  private void look(Segment segment, Beginning beginning) {
    if (fields.objects() >= CHECKED) {
      return;
    }
    try (InputStream in = beginning.whole()) {
      Records records = segment.records(in, 0, maxEventBytes);
      while (fields.objects() < CHECKED && records.next()) {
        fields.add(records.bytes(), records.offset(), records.length());
      }
    } catch (IOException e) {
      throw endpoint.bad(segment.source() + " cannot be read: " + why(e), e);
    }
  }

  /** Refuses JSON whose first events all lack a field. */
  private void checkFields(boolean check) {
    if (!check || fields.objects() == 0) {
      return;
    }
    try {
      JsonFormat.of(type, mapping).checkFields(fields.names());
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(
          "cannot be read as %s: in the first %,d events %s, or, if later ones differ, add ?check=no"
              .formatted(input, fields.objects(), e.getMessage()),
          e);
    }
  }
}
