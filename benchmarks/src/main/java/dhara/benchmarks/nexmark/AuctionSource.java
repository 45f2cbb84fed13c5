package dhara.benchmarks.nexmark;

import dhara.records.RecordCoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * The events of an {@link AuctionHouse} as a stream that ends.
 *
 * <p>Data: none → {@link Chunk}s, made as they are read. Time: a chunk carries the time of its
 * earliest event, and the watermark is the time of the next event. State: the number of the next
 * chunk. Late or bad data: none.
 */
final class AuctionSource extends UnboundedSource<Chunk, AuctionSource.Mark> {

  private static final long serialVersionUID = 1L;

  /**
   * Where a reader is.
   *
   * @param next the chunk that it reads next
   */
  record Mark(long next) implements CheckpointMark {
    @Override
    public void finalizeCheckpoint() {} // what was read can always be made again
  }

  private final AuctionHouse house;
  private final int split;
  private final int splits;

  AuctionSource(AuctionHouse house) {
    this(house, 0, 1);
  }

  private AuctionSource(AuctionHouse house, int split, int splits) {
    this.house = house;
    this.split = split;
    this.splits = splits;
  }

  /** Splits take chunks in turns, so that all are at about the same event time. */
  @Override
  public List<AuctionSource> split(int desired, PipelineOptions options) {
    List<AuctionSource> parts = new ArrayList<>();
    for (int i = 0; i < desired; i++) {
      parts.add(new AuctionSource(house, split + i * splits, splits * desired));
    }
    return parts;
  }

  @Override
  public UnboundedReader<Chunk> createReader(PipelineOptions options, @Nullable Mark mark) {
    return new Reader(mark == null ? split : mark.next());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return RecordCoder.of(Mark.class);
  }

  @Override
  public Coder<Chunk> getOutputCoder() {
    return RecordCoder.of(Chunk.class);
  }

  private final class Reader extends UnboundedReader<Chunk> {

    private long next;
    private @Nullable Chunk current;

    Reader(long next) {
      this.next = next;
    }

    @Override
    public boolean start() throws IOException {
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      if (next >= house.chunks()) {
        current = null;
        return false;
      }
      current = house.chunk(next);
      next += splits;
      return true;
    }

    @Override
    public Chunk getCurrent() {
      if (current == null) {
        throw new NoSuchElementException("the last chunk has been read");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(getCurrent().atMillis());
    }

    @Override
    public Instant getWatermark() {
      return next >= house.chunks()
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : Instant.ofEpochMilli(house.atMillis(next * AuctionHouse.CHUNK));
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public AuctionSource getCurrentSource() {
      return AuctionSource.this;
    }

    @Override
    public void close() {}
  }
}
