package dhara.benchmarks.nexmark;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The events of an {@link AuctionHouse} as a Flink source: what {@link AuctionSource} is for Beam.
 *
 * <p>It is Flink's sequence source over the numbers of chunks, whose events are emitted together,
 * because a source that emits one event at a time spends more on the polling than on the event.
 */
final class NativeSource
    implements Source<Event, NumberSequenceSplit, Collection<NumberSequenceSplit>> {

  private static final long serialVersionUID = 1L;

  private final AuctionHouse house;
  private final int readers;
  private final long chunksEach;
  private final NumberSequenceSource numbers;

  private NativeSource(AuctionHouse house, int readers) {
    this.house = house;
    this.readers = readers;
    this.chunksEach = (house.chunks() + readers - 1) / readers;
    this.numbers = new NumberSequenceSource(0, chunksEach * readers - 1);
  }

  /** The events as a stream, with watermarks as the readers' times advance. */
  static DataStream<Event> read(AuctionHouse house, StreamExecutionEnvironment env) {
    return env.fromSource(
        new NativeSource(house, env.getParallelism()),
        WatermarkStrategy.forMonotonousTimestamps(),
        "Events",
        TypeInformation.of(Event.class));
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> createEnumerator(
      SplitEnumeratorContext<NumberSequenceSplit> context) {
    return numbers.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<NumberSequenceSplit, Collection<NumberSequenceSplit>> restoreEnumerator(
      SplitEnumeratorContext<NumberSequenceSplit> context,
      Collection<NumberSequenceSplit> checkpoint) {
    return numbers.restoreEnumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<NumberSequenceSplit> getSplitSerializer() {
    return numbers.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Collection<NumberSequenceSplit>>
      getEnumeratorCheckpointSerializer() {
    return numbers.getEnumeratorCheckpointSerializer();
  }

  @Override
  public SourceReader<Event, NumberSequenceSplit> createReader(SourceReaderContext context) {
    return new Reader(numbers.createReader(context));
  }

  /** Reads numbers, and hands over the events of their chunks. */
  @SuppressWarnings("try") // Flink's readers throw any exception when they close
  private final class Reader implements SourceReader<Event, NumberSequenceSplit> {

    private final SourceReader<Long, NumberSequenceSplit> reader;
    private final ChunkOutput chunks = new ChunkOutput();

    Reader(SourceReader<Long, NumberSequenceSplit> reader) {
      this.reader = reader;
    }

    @Override
    public void start() {
      reader.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Event> output) throws Exception {
      chunks.events = output;
      return reader.pollNext(chunks);
    }

    @Override
    public List<NumberSequenceSplit> snapshotState(long checkpoint) {
      return reader.snapshotState(checkpoint);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return reader.isAvailable();
    }

    @Override
    public void addSplits(List<NumberSequenceSplit> splits) {
      reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      reader.notifyNoMoreSplits();
    }

    @Override
    public void close() throws Exception {
      reader.close();
    }
  }

  /** Takes the number of a chunk, and gives its events. */
  private final class ChunkOutput implements ReaderOutput<Long> {

    private ReaderOutput<Event> events;

    @Override
    public void collect(Long number) {
      // Each reader gets a range of numbers, and maps it to every second, third … chunk
      long chunk = number % chunksEach * readers + number / chunksEach;
      if (chunk < house.chunks()) {
        for (Event event : house.chunk(chunk).events()) {
          events.collect(event, event.atMillis());
        }
      }
    }

    @Override
    public void collect(Long number, long timestamp) {
      collect(number);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      events.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      events.markIdle();
    }

    @Override
    public void markActive() {
      events.markActive();
    }

    @Override
    public SourceOutput<Long> createOutputForSplit(String split) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String split) {}
  }
}
