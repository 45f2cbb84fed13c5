package dhara.connectors.reading;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * A source of numbers, each of which is its own time in epoch milliseconds. Its watermark is the
 * newest; its marks hold, like KafkaIO's, the watermark that was last requested.
 */
final class Scripted extends UnboundedSource<Long, Scripted.Position> {

  private static final long serialVersionUID = 1L;

  /** The watermark while nothing was read. */
  static final Instant NOTHING_READ = BoundedWindow.TIMESTAMP_MIN_VALUE;

  /** In the script: there is nothing at the moment. */
  private static final long PAUSE = Long.MIN_VALUE;

  private final long[] script;
  private final boolean ends;
  private final boolean deduplicated;

  private Scripted(long[] script, boolean ends, boolean deduplicated) {
    this.script = script;
    this.ends = ends;
    this.deduplicated = deduplicated;
  }

  /** A source that never ends: numbers separated by spaces, with {@code -} for a pause. */
  static Scripted of(String script) {
    return new Scripted(
        Arrays.stream(script.trim().split(" +"))
            .filter(word -> !word.isEmpty())
            .mapToLong(word -> word.equals("-") ? PAUSE : Long.parseLong(word))
            .toArray(),
        false,
        false);
  }

  /** A source that ends after its numbers. */
  static Scripted ending(long... numbers) {
    return new Scripted(numbers, true, false);
  }

  Scripted deduplicated() {
    return new Scripted(script, ends, true);
  }

  /** Where a reader stands, and the watermark that it last told. */
  record Position(int next, long watermark) implements CheckpointMark, java.io.Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  @Override
  public List<Scripted> split(int desired, PipelineOptions options) {
    List<Scripted> splits = new ArrayList<>(List.of(this));
    splits.addAll(Collections.nCopies(desired - 1, new Scripted(new long[0], ends, deduplicated)));
    return splits;
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Position mark) {
    return new Reader(mark == null ? new Position(0, NOTHING_READ.getMillis()) : mark);
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  @Override
  public boolean requiresDeduping() {
    return deduplicated;
  }

  private final class Reader extends UnboundedReader<Long> {

    private int next;
    private long newest;
    private long told;
    private @Nullable Long current;

    Reader(Position mark) {
      this.next = mark.next;
      this.newest = mark.watermark;
      this.told = mark.watermark;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      current = null;
      if (next == script.length || script[next++] == PAUSE) {
        return false;
      }
      current = script[next - 1];
      newest = Math.max(newest, current);
      return true;
    }

    @Override
    public Long getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(getCurrent());
    }

    @Override
    public Instant getWatermark() {
      told = newest;
      return ends && next == script.length
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : Instant.ofEpochMilli(told);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Position(next, told);
    }

    @Override
    public long getSplitBacklogBytes() {
      return LongStream.of(script).skip(next).count();
    }

    @Override
    public long getTotalBacklogBytes() {
      return 2 * getSplitBacklogBytes();
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return Scripted.this;
    }

    @Override
    public void close() {}
  }
}
