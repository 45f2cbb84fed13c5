package dhara.benchmarks.flink;

import dhara.benchmarks.playback.PlaybackJob;
import dhara.benchmarks.playback.PlaybackLines;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The lines as a Flink source, built on Flink's iterator readers. Each worker has a split with
 * every n-th line, so that event time advances alike in all. The job decides how a line is decoded,
 * in the source, like a deserialization schema.
 *
 * @param <T> what lines become
 */
final class LineSource<T> implements Source<T, LineSource.Part<T>, Collection<LineSource.Part<T>>> {

  private static final long serialVersionUID = 1L;

  /** Makes a reader of lines for one worker. */
  interface Decoding<T> extends Serializable {
    Decoder<T> decoder();
  }

  /** Decodes a line; the bytes are valid until it returns. */
  interface Decoder<T> {
    T decode(byte[] line, int length) throws IOException;
  }

  private final PlaybackJob job;
  private final Decoding<T> decoding;

  LineSource(PlaybackJob job, Decoding<T> decoding) {
    this.job = job;
    this.decoding = decoding;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SplitEnumerator<Part<T>, Collection<Part<T>>> createEnumerator(
      SplitEnumeratorContext<Part<T>> context) {
    int parts = context.currentParallelism();
    List<Part<T>> splits =
        IntStream.range(0, parts).mapToObj(i -> new Part<>(i, parts, i, job, decoding)).toList();
    return new IteratorSourceEnumerator<>(context, splits);
  }

  @Override
  public SplitEnumerator<Part<T>, Collection<Part<T>>> restoreEnumerator(
      SplitEnumeratorContext<Part<T>> context, Collection<Part<T>> left) {
    return new IteratorSourceEnumerator<>(context, left);
  }

  @Override
  public SourceReader<T, Part<T>> createReader(SourceReaderContext context) {
    return new IteratorSourceReader<>(context);
  }

  @Override
  public SimpleVersionedSerializer<Part<T>> getSplitSerializer() {
    return new PartSerializer<>(job, decoding);
  }

  @Override
  public SimpleVersionedSerializer<Collection<Part<T>>> getEnumeratorCheckpointSerializer() {
    return new PartsSerializer<>(new PartSerializer<>(job, decoding));
  }

  /** Every {@code parts}-th line from {@code next} on. */
  record Part<T>(int part, int parts, long next, PlaybackJob job, Decoding<T> decoding)
      implements IteratorSourceSplit<T, Lines<T>> {

    @Override
    public String splitId() {
      return Integer.toString(part);
    }

    @Override
    public Lines<T> getIterator() {
      return new Lines<>(this);
    }

    @Override
    public Part<T> getUpdatedSplitForIterator(Lines<T> lines) {
      return new Part<>(part, parts, lines.next, job, decoding);
    }
  }

  /** The lines of a part. */
  static final class Lines<T> implements Iterator<T> {

    private final PlaybackLines lines;
    private final Decoder<T> decoder;
    private final long events;
    private final int step;
    private long next;

    Lines(Part<T> part) {
      this.lines = new PlaybackLines(part.job.lines());
      this.decoder = part.decoding.decoder();
      this.events = part.job.events();
      this.step = part.parts;
      this.next = part.next;
    }

    @Override
    public boolean hasNext() {
      return next < events;
    }

    @Override
    public T next() {
      byte[] line = lines.line(next);
      next += step;
      try {
        return decoder.decode(line, PlaybackLines.length());
      } catch (IOException e) {
        throw new IllegalStateException("line " + (next - step) + " is no event", e);
      }
    }
  }

  private record PartSerializer<T>(PlaybackJob job, Decoding<T> decoding)
      implements SimpleVersionedSerializer<Part<T>> {

    static final int BYTES = 4 + 4 + 8;

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Part<T> part) {
      return ByteBuffer.allocate(BYTES)
          .putInt(part.part)
          .putInt(part.parts)
          .putLong(part.next)
          .array();
    }

    @Override
    public Part<T> deserialize(int version, byte[] bytes) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      return new Part<>(in.getInt(), in.getInt(), in.getLong(), job, decoding);
    }
  }

  private record PartsSerializer<T>(PartSerializer<T> parts)
      implements SimpleVersionedSerializer<Collection<Part<T>>> {

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Collection<Part<T>> all) {
      ByteBuffer out = ByteBuffer.allocate(all.size() * PartSerializer.BYTES);
      all.forEach(part -> out.put(parts.serialize(part)));
      return out.array();
    }

    @Override
    public Collection<Part<T>> deserialize(int version, byte[] bytes) {
      List<Part<T>> all = new ArrayList<>();
      for (int at = 0; at < bytes.length; at += PartSerializer.BYTES) {
        byte[] one = java.util.Arrays.copyOfRange(bytes, at, at + PartSerializer.BYTES);
        all.add(parts.deserialize(version, one));
      }
      return all;
    }
  }
}
