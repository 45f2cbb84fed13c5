package dhara.connectors.files;

import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.TimeBounds;
import dhara.connectors.files.text.Records;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.ArrivalRouter;
import dhara.connectors.reading.SourceOutputs;
import dhara.events.Event;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.records.RecordCoder;
import dhara.tokens.Seal;
import dhara.tokens.Tokens;
import dhara.transforms.windows.Lateness;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Events from files: JSON, one per line or over several lines, or CSV with a header or with given
 * columns; compressed files are recognised by their suffix ({@code .gz}, {@code .bz2}, …). Bounded:
 * a backfill.
 *
 * <p>{@link EventFiles} defines which files an endpoint names, and how each is read. Large files
 * are read in parallel segments, unless they are compressed, in another encoding, or JSON over
 * several lines. Small files are read in groups. A truncated file (such as a gzip) fails the run,
 * because an answer from half a file would be silently wrong.
 */
public final class FilesSource<T extends Record & Event> implements EventSource<T> {

  private static final long SEGMENT_BYTES = 32L << 20;

  private final EventFiles<T> files;
  private final TimeBounds bounds;
  private final long segmentBytes;

  private FilesSource(EventFiles<T> files, TimeBounds bounds, long segmentBytes) {
    this.files = files;
    this.bounds = bounds;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Events of files.
   *
   * @param endpoint the files
   * @param type the record of an event
   * @param mapping how fields become its components
   * @param input the input's name, for dead letters
   * @param bounds the range of plausible event times
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
        new EventFiles<>(endpoint, type, mapping, input, maxEventBytes), bounds, SEGMENT_BYTES);
  }

  /** The same files in segments of this many bytes. */
  FilesSource<T> inSegmentsOf(long bytes) {
    return new FilesSource<>(files, bounds, bytes);
  }

  @Override
  public boolean bounded() {
    return true;
  }

  @Override
  public void check() {
    files.segments(segmentBytes);
  }

  /** Unknown for compressed files, because their unpacked size is unknown. */
  @Override
  public long bytes() {
    long bytes = 0;
    for (Segment segment : files.segments(segmentBytes)) {
      if (segment.end() == Long.MAX_VALUE) {
        return -1;
      }
      bytes += segment.end() - segment.start();
    }
    return bytes;
  }

  @Override
  public List<String> found() {
    return FoundFiles.lines(files.segments(segmentBytes), reader());
  }

  private SegmentReader<T> reader() {
    return new SegmentReader<>(
        files.type(),
        files.mapping(),
        bounds,
        files.maxEventBytes(),
        files.maxEventBytes(),
        Instant.now());
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    SourceOutputs<T> outputs = SourceOutputs.ofBackfill(files.input(), files.type());
    return outputs.read(
        pipeline
            .apply(
                name + ".Segments",
                Create.of(files.groups(segmentBytes)).withCoder(RecordCoder.of(SegmentGroup.class)))
            .apply(name + ".Spread", Reshuffle.viaRandomKey())
            .apply(name + ".Read", outputs.of(new ReadFn<>(reader(), outputs))),
        RecordCoder.of(files.type()));
  }

  /** Reads segments: one pass from bytes to records. */
  private static final class ReadFn<T extends Record & Event> extends DoFn<SegmentGroup, T> {

    private static final long serialVersionUID = 1L;

    private final SegmentReader<T> reader;
    private final SourceOutputs<T> outputs;
    private final Counter bytes = Metrics.counter("dhara", "read.bytes");
    private transient @Nullable ArrivalRouter<T> router;
    private transient @Nullable Seal seal;

    ReadFn(SegmentReader<T> reader, SourceOutputs<T> outputs) {
      this.reader = reader;
      this.outputs = outputs;
    }

    @StartBundle
    public void startBundle() {
      Tokens tokens = reader.mapping().tokens();
      seal = tokens == null ? null : tokens.seal();
      router = outputs.router();
    }

    @ProcessElement
    public void process(@Element SegmentGroup group, ProcessContext context) throws IOException {
      for (Segment segment : group.segments()) {
        read(segment, router.part(segment, context));
      }
    }

    private void read(Segment segment, ArrivalRouter<T>.Part<Records> part) throws IOException {
      reader.read(
          segment,
          new SegmentReader.RecordTaker<T>() {
            @Override
            public void event(T event, Records line) {
              part.event(
                  event,
                  line.length(),
                  org.joda.time.Instant.ofEpochMilli(event.at().toEpochMilli()));
            }

            @Override
            public void bad(BadEvent why, Records line) {
              Arrival<T> arrival =
                  Arrival.bad(
                      why.reason(),
                      why.getMessage(),
                      line.copy(),
                      line.length(),
                      System.currentTimeMillis());
              part.route(
                  seal == null ? arrival : arrival.sealed(seal),
                  line,
                  BoundedWindow.TIMESTAMP_MIN_VALUE);
            }
          });
      part.end();
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      bytes.inc(router.bytes());
      router.finish(context);
    }
  }
}
