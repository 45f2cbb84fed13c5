package dhara.connectors.reading;

import dhara.connectors.reading.Chunk.ChunkCoder;
import dhara.connectors.reading.Chunk.Gathering;
import dhara.options.RestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Wraps another source and emits its elements in chunks, because engines have a cost per element of
 * a source: Flink's runner updates all its metrics for each one, which took half of the time of a
 * simple job.
 *
 * <p>Data: the elements of the other source, in their order → {@link Chunk}s of them. A chunk ends
 * when it is full, when the other source has no element at the moment, or after a given time.
 *
 * <p>Time: each element keeps its own; the time of a chunk is the earliest. The watermark is the
 * other source's. It is not reported while a chunk is gathered; afterwards it covers the chunk as
 * it would cover its last element. So an element that was on time when it was read is on time when
 * the chunk is unpacked, because downstream the watermark is still the one before the chunk.
 *
 * <p>Rests: if the engine asks for them ({@link RestOptions}), a source that never falls silent
 * pretends to now and then.
 *
 * <p>State: the checkpoint marks of the other source. A chunk is gathered within {@code advance()}
 * and is the current element afterwards, so a mark covers whole chunks: all of the current one, and
 * nothing of the next. A mark holds the watermark at that moment. KafkaIO's own mark holds the
 * watermark that was last requested, which may be some thousand records old; a restored reader
 * would then take records as on time that had been late before.
 *
 * <p>A source that requires deduplication by record ids is refused, because after a restore the
 * chunks are divided differently, so they have no stable ids.
 *
 * <pre>{@code
 * Read.from(ChunkedSource.of(source, 20, Duration.ofMillis(5)))
 * }</pre>
 */
public final class ChunkedSource<T, M extends CheckpointMark> extends UnboundedSource<Chunk<T>, M> {

  private static final long serialVersionUID = 1L;

  private final UnboundedSource<T, M> source;
  private final int most;
  private final Duration longest;

  private ChunkedSource(UnboundedSource<T, M> source, int most, Duration longest) {
    this.source = source;
    this.most = most;
    this.longest = longest;
  }

  /**
   * A source in chunks.
   *
   * @param most the most elements of a chunk
   * @param longest how long a chunk is gathered, wall clock; the element being read at that moment
   *     still belongs to it
   * @throws IllegalArgumentException if a chunk would have no elements, or the source requires
   *     deduplication
   */
  public static <T, M extends CheckpointMark> ChunkedSource<T, M> of(
      UnboundedSource<T, M> source, int most, Duration longest) {
    if (most < 1) {
      throw new IllegalArgumentException("a chunk has at least one element, not " + most);
    }
    if (source.requiresDeduping()) {
      throw new IllegalArgumentException(
          source + " wants its elements deduplicated by their ids, and chunks have none");
    }
    return new ChunkedSource<>(source, most, longest);
  }

  @Override
  public List<ChunkedSource<T, M>> split(int desired, PipelineOptions options) throws Exception {
    List<ChunkedSource<T, M>> splits = new ArrayList<>();
    for (UnboundedSource<T, M> split : source.split(desired, options)) {
      splits.add(of(split, most, longest));
    }
    return splits;
  }

  @Override
  public UnboundedReader<Chunk<T>> createReader(PipelineOptions options, @Nullable M mark)
      throws IOException {
    RestOptions rests = options.as(RestOptions.class);
    return new Reader(
        source.createReader(options, mark),
        new Rests(
            TimeUnit.MILLISECONDS.toNanos(rests.getRestEveryMillis()),
            TimeUnit.MILLISECONDS.toNanos(rests.getRestMillis()),
            System.nanoTime()));
  }

  @Override
  public Coder<M> getCheckpointMarkCoder() {
    return source.getCheckpointMarkCoder();
  }

  @Override
  public Coder<Chunk<T>> getOutputCoder() {
    return new ChunkCoder<>(source.getOutputCoder());
  }

  @Override
  public void validate() {
    source.validate();
  }

  private final class Reader extends UnboundedReader<Chunk<T>> {

    private final UnboundedReader<T> reader;
    private final Rests rests;
    private @Nullable Chunk<T> current;

    Reader(UnboundedReader<T> reader, Rests rests) {
      this.reader = reader;
      this.rests = rests;
    }

    @Override
    public boolean start() throws IOException {
      return gather(reader.start());
    }

    @Override
    public boolean advance() throws IOException {
      return gather(!rests.rests(System.nanoTime()) && reader.advance());
    }

    private boolean gather(boolean any) throws IOException {
      current = null;
      long since = System.nanoTime();
      if (!any) {
        rests.silent(since);
        return false;
      }
      Gathering<T> gathering = new Gathering<>(most);
      do {
        gathering.add(reader.getCurrent(), reader.getCurrentTimestamp());
      } while (gathering.size() < most
          && System.nanoTime() - since < longest.toNanos()
          && reader.advance());
      rests.gave(gathering.size() == most);
      current = gathering.chunk();
      return true;
    }

    @Override
    public Chunk<T> getCurrent() throws NoSuchElementException {
      if (current == null) {
        throw new NoSuchElementException("there is no chunk");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() throws NoSuchElementException {
      return getCurrent().earliest();
    }

    @Override
    public Instant getWatermark() {
      return reader.getWatermark();
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      Instant unused = reader.getWatermark(); // its mark holds the last requested one
      return reader.getCheckpointMark();
    }

    @Override
    public long getSplitBacklogBytes() {
      return reader.getSplitBacklogBytes();
    }

    @Override
    public long getTotalBacklogBytes() {
      return reader.getTotalBacklogBytes();
    }

    @Override
    public UnboundedSource<Chunk<T>, ?> getCurrentSource() {
      return ChunkedSource.this;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
