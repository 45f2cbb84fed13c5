package dhara.io;

import dhara.events.DeadLetter;
import dhara.events.DeadLetter.Reason;
import dhara.events.Event;
import dhara.formats.BadEvent;
import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.Mapping;
import dhara.records.RecordCoder;
import dhara.transforms.Lateness;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Events from files, one a line: JSON lines, or CSV with a header or with given columns; compressed
 * ones by their ending ({@code .gz}, {@code .bz2}, …). Bounded: a backfill.
 *
 * <p>{@code files:PATH?format=jsonl|csv&columns=a,b,c&delimiter=;} where PATH may have wild cards
 * and name any file system that Beam knows. The format is by default that of the file's name,
 * {@code columns} by default the header line of each file.
 *
 * <p>Large files that are not compressed are read in segments, side by side. A file that breaks off
 * (a truncated gzip) fails the run: an answer from half a file would be wrong without saying so.
 */
public final class FilesSource<T extends Record & Event> implements EventSource<T> {

  private static final Set<String> PARAMETERS = Set.of("format", "columns", "delimiter");
  private static final long SEGMENT_BYTES = 32L << 20;
  private static final String COMPRESSED = "\\.(gz|bz2|zst|zip|deflate|lzo|snappy)$";

  private final Endpoint endpoint;
  private final Class<T> type;
  private final Mapping mapping;
  private final String input;
  private final TimeBounds bounds;
  private final int maxEventBytes;
  private final long segmentBytes;

  private FilesSource(
      Endpoint endpoint,
      Class<T> type,
      Mapping mapping,
      String input,
      TimeBounds bounds,
      int maxEventBytes,
      long segmentBytes) {
    this.endpoint = endpoint;
    this.type = type;
    this.mapping = mapping;
    this.input = input;
    this.bounds = bounds;
    this.maxEventBytes = maxEventBytes;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Events of files.
   *
   * @param endpoint the files
   * @param type the record of an event
   * @param mapping how fields become its components
   * @param input the input's name, for dead letters
   * @param bounds which event times can be true
   * @param maxEventBytes the longest line
   */
  public static <T extends Record & Event> FilesSource<T> of(
      Endpoint endpoint,
      Class<T> type,
      Mapping mapping,
      String input,
      TimeBounds bounds,
      int maxEventBytes) {
    return new FilesSource<>(
        endpoint.allow(PARAMETERS), type, mapping, input, bounds, maxEventBytes, SEGMENT_BYTES);
  }

  /** The same files in segments of this many bytes. */
  FilesSource<T> inSegmentsOf(long bytes) {
    return new FilesSource<>(endpoint, type, mapping, input, bounds, maxEventBytes, bytes);
  }

  @Override
  public void check() {
    segments();
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    TupleTag<T> events = new TupleTag<>("events");
    TupleTag<DeadLetter> dead = new TupleTag<>("dead");
    TupleTag<Long> read = new TupleTag<>("read");
    ReadFn<T> fn =
        new ReadFn<>(
            type, mapping, input, bounds, maxEventBytes, Instant.now(), events, dead, read);
    PCollectionTuple out =
        pipeline
            .apply(
                name + ".Segments", Create.of(segments()).withCoder(RecordCoder.of(Segment.class)))
            .apply(name + ".Spread", Reshuffle.viaRandomKey())
            .apply(
                name + ".Read",
                ParDo.of(fn).withOutputTags(events, TupleTagList.of(dead).and(read)));
    return new Read<>(
        out.get(events).setCoder(RecordCoder.of(type)),
        Optional.empty(),
        out.get(dead).setCoder(RecordCoder.of(DeadLetter.class)),
        out.get(read).setCoder(VarLongCoder.of()));
  }

  /**
   * A part of a file.
   *
   * @param file its URI
   * @param start a line that starts at or after this byte…
   * @param end …and before this one belongs to the segment
   * @param format json or csv
   * @param delimiter between the cells of a CSV line
   * @param columns of a CSV file
   */
  record Segment(
      String file, long start, long end, String format, String delimiter, List<String> columns) {

    boolean compressed() {
      return Compression.detect(file) != Compression.UNCOMPRESSED;
    }

    <T extends Record> EventFormat<T> events(Class<T> type, Mapping mapping) {
      return format.equals("csv")
          ? CsvFormat.of(type, mapping, delimiter.charAt(0), columns)
          : JsonFormat.of(type, mapping);
    }

    /** From the start of the file where it is compressed, else from the byte before the segment. */
    InputStream open() throws IOException {
      ResourceId resource = FileSystems.matchSingleFileSpec(file).resourceId();
      ReadableByteChannel channel = FileSystems.open(resource);
      if (compressed()) {
        return Channels.newInputStream(Compression.detect(file).readDecompressed(channel));
      }
      if (start > 0) {
        ((SeekableByteChannel) channel).position(start - 1);
      }
      return Channels.newInputStream(channel);
    }
  }

  private List<Segment> segments() {
    List<MatchResult.Metadata> files = new ArrayList<>();
    try {
      files.addAll(FileSystems.match(endpoint.path(), EmptyMatchTreatment.ALLOW).metadata());
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
      long from = whole.start;
      do {
        long to = divisible ? Math.min(from + segmentBytes, size) : Long.MAX_VALUE;
        segments.add(new Segment(name, from, to, whole.format, whole.delimiter, whole.columns));
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
        throw endpoint.bad(segment.file + " is empty, so it has no header; leave the file out");
      } else if (lines.cut()) {
        throw endpoint.bad(
            segment.file + " starts with a line too long for a header; name its columns=a,b,c");
      }
      String header = new String(lines.copy(), StandardCharsets.UTF_8);
      List<String> columns = CsvFormat.columns(header, segment.delimiter.charAt(0));
      return new Segment(
          segment.file, lines.position(), Long.MAX_VALUE, "csv", segment.delimiter, columns);
    } catch (IOException e) {
      throw endpoint.bad(segment.file + " cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw endpoint.bad(segment.file + " starts with " + e.getMessage(), e);
    }
  }

  /** Reads segments: one pass from bytes to records. */
  private static final class ReadFn<T extends Record & Event> extends DoFn<Segment, T> {

    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final Mapping mapping;
    private final String input;
    private final TimeBounds bounds;
    private final int maxEventBytes;
    private final Instant startOfRun;
    private final TupleTag<T> events;
    private final TupleTag<DeadLetter> dead;
    private final TupleTag<Long> counts;
    private transient long read;

    ReadFn(
        Class<T> type,
        Mapping mapping,
        String input,
        TimeBounds bounds,
        int maxEventBytes,
        Instant startOfRun,
        TupleTag<T> events,
        TupleTag<DeadLetter> dead,
        TupleTag<Long> counts) {
      this.type = type;
      this.mapping = mapping;
      this.input = input;
      this.bounds = bounds;
      this.maxEventBytes = maxEventBytes;
      this.startOfRun = startOfRun;
      this.events = events;
      this.dead = dead;
      this.counts = counts;
    }

    @StartBundle
    public void startBundle() {
      read = 0;
    }

    @ProcessElement
    public void process(@Element Segment segment, MultiOutputReceiver out) throws IOException {
      EventParser<T> parser = segment.events(type, mapping).parser();
      OutputReceiver<T> good = out.get(events);
      try (InputStream in = segment.open()) {
        Lines lines =
            new Lines(in, segment.compressed() ? 0 : Math.max(0, segment.start - 1), maxEventBytes);
        while (lines.next()) {
          if (lines.start() < segment.start) {
            continue; // the header, or the rest of a line that the segment before has read
          }
          if (lines.start() >= segment.end) {
            break;
          }
          read++;
          try {
            if (lines.cut()) {
              throw new BadEvent(
                  Reason.TOO_LONG, "longer than " + maxEventBytes + " bytes; the first are kept");
            }
            T event = parser.parse(lines.bytes(), lines.offset(), lines.length());
            bounds.check(event.at(), startOfRun.toEpochMilli());
            good.outputWithTimestamp(
                event, org.joda.time.Instant.ofEpochMilli(event.at().toEpochMilli()));
          } catch (BadEvent e) {
            out.get(dead).output(deadLetter(segment, lines, e));
          }
        }
      } catch (IOException e) {
        throw brokenOff(segment, e);
      }
    }

    /** What a user sees of a failure is its root, and that must name the file. */
    private static IOException brokenOff(Segment segment, IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      IOException broken = new IOException("cannot read " + segment.file + " to its end: " + why);
      broken.addSuppressed(e);
      return broken;
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      context.output(counts, read, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
    }

    private DeadLetter deadLetter(Segment segment, Lines lines, BadEvent e) {
      return new DeadLetter(
          input,
          e.reason(),
          e.getMessage(),
          segment.file,
          "byte=" + lines.start(),
          Instant.now(),
          lines.copy());
    }
  }
}
