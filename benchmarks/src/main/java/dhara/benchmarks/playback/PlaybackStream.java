package dhara.benchmarks.playback;

import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.records.RecordCoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The events as a stream that ends, parsed, in chunks, so that the engine's cost per source
 * element, mostly for metrics, is paid once per chunk. A chunk's time is that of its earliest
 * event.
 *
 * @param <T> what of a line is parsed
 */
final class PlaybackStream<T extends Record & Timed>
    extends UnboundedSource<List<T>, PlaybackStream.Mark> {

  private static final long serialVersionUID = 1L;
  private static final int CHUNK = 20;

  /** Where a reader stands: the next line, and the latest event time before it. */
  record Mark(long next, long latestMillis)
      implements UnboundedSource.CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private final PlaybackJob job;
  private final Class<T> type;
  private final int part;
  private final int parts;

  PlaybackStream(PlaybackJob job, Class<T> type) {
    this(job, type, 0, 1);
  }

  private PlaybackStream(PlaybackJob job, Class<T> type, int part, int parts) {
    this.job = job;
    this.type = type;
    this.part = part;
    this.parts = parts;
  }

  @Override
  public List<PlaybackStream<T>> split(int desired, PipelineOptions options) {
    return IntStream.range(0, desired)
        .mapToObj(i -> new PlaybackStream<>(job, type, i, desired))
        .toList();
  }

  @Override
  public UnboundedReader<List<T>> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader<>(this, mark == null ? new Mark(part, Long.MIN_VALUE) : mark);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<List<T>> getOutputCoder() {
    return ListCoder.of(RecordCoder.of(type));
  }

  private static final class Reader<T extends Record & Timed> extends UnboundedReader<List<T>> {

    private final PlaybackStream<T> source;
    private final PlaybackLines lines;
    private final EventParser<T> parser;
    private long next;
    private long latest;
    private long earliest;
    private @Nullable List<T> chunk;

    Reader(PlaybackStream<T> source, Mark mark) {
      this.source = source;
      this.lines = new PlaybackLines(source.job.lines());
      this.parser = JsonFormat.of(source.type, Mapping.none()).parser();
      this.next = mark.next;
      this.latest = mark.latestMillis;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.job.events()) {
        chunk = null;
        return false;
      }
      List<T> events = new ArrayList<>(CHUNK);
      earliest = Long.MAX_VALUE;
      for (; next < source.job.events() && events.size() < CHUNK; next += source.parts) {
        T event = parsed(parser, lines, next);
        long at = event.at().toEpochMilli();
        latest = Math.max(latest, at);
        earliest = Math.min(earliest, at);
        events.add(event);
      }
      chunk = events;
      return true;
    }

    @Override
    public List<T> getCurrent() {
      if (chunk == null) {
        throw new java.util.NoSuchElementException();
      }
      return chunk;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(earliest);
    }

    @Override
    public Instant getWatermark() {
      if (next >= source.job.events()) {
        return BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
      return latest == Long.MIN_VALUE
          ? BoundedWindow.TIMESTAMP_MIN_VALUE
          : Instant.ofEpochMilli(latest - PlaybackLines.DISORDER_MILLIS);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(next, latest);
    }

    @Override
    public PlaybackStream<T> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }

  /** A line, parsed; all lines are good. */
  static <T> T parsed(EventParser<T> parser, PlaybackLines lines, long index) {
    try {
      return parser.parse(lines.line(index), 0, PlaybackLines.length());
    } catch (BadEvent e) {
      throw new IllegalStateException("line " + index + " is no event", e);
    }
  }
}
