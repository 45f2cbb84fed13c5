package dhara.benchmarks.playback;

import dhara.formats.EventParser;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.records.RecordCoder;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/** The events as a bounded input, parsed, in chunks as {@link PlaybackStream} gives them. */
final class PlaybackRange extends BoundedSource<List<Played>> {

  private static final long serialVersionUID = 1L;
  private static final int CHUNK = 500;

  private final PlaybackJob job;
  private final long from;
  private final long until;

  PlaybackRange(PlaybackJob job) {
    this(job, 0, job.events());
  }

  private PlaybackRange(PlaybackJob job, long from, long until) {
    this.job = job;
    this.from = from;
    this.until = until;
  }

  @Override
  public List<PlaybackRange> split(long bytes, PipelineOptions options) {
    long size = Math.max(CHUNK, bytes / PlaybackLines.length());
    List<PlaybackRange> parts = new ArrayList<>();
    for (long start = from; start < until; start += size) {
      parts.add(new PlaybackRange(job, start, Math.min(until, start + size)));
    }
    return parts;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return (until - from) * PlaybackLines.length();
  }

  @Override
  public Coder<List<Played>> getOutputCoder() {
    return ListCoder.of(RecordCoder.of(Played.class));
  }

  @Override
  public BoundedReader<List<Played>> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  private static final class Reader extends BoundedReader<List<Played>> {

    private final PlaybackRange source;
    private final PlaybackLines lines;
    private final EventParser<Played> parser;
    private long next;
    private long earliest;
    private @Nullable List<Played> chunk;

    Reader(PlaybackRange source) {
      this.source = source;
      this.lines = new PlaybackLines(source.job.lines());
      this.parser = JsonFormat.of(Played.class, Mapping.none()).parser();
      this.next = source.from;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.until) {
        chunk = null;
        return false;
      }
      List<Played> events = new ArrayList<>(CHUNK);
      earliest = Long.MAX_VALUE;
      for (; next < source.until && events.size() < CHUNK; next++) {
        Played event = PlaybackStream.parsed(parser, lines, next);
        earliest = Math.min(earliest, event.at().toEpochMilli());
        events.add(event);
      }
      chunk = events;
      return true;
    }

    @Override
    public List<Played> getCurrent() {
      if (chunk == null) {
        throw new NoSuchElementException();
      }
      return chunk;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(earliest);
    }

    @Override
    public PlaybackRange getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
