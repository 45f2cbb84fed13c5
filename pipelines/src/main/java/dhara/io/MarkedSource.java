package dhara.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * A source whose checkpoints hold its watermark as it is at that moment. KafkaIO's hold the one
 * that somebody last asked for, which may be some thousand records old: a restored reader would
 * then find records on time that it had found late.
 */
final class MarkedSource<T, M extends CheckpointMark> extends UnboundedSource<T, M> {

  private static final long serialVersionUID = 1L;

  private final UnboundedSource<T, M> source;

  MarkedSource(UnboundedSource<T, M> source) {
    this.source = source;
  }

  @Override
  public List<MarkedSource<T, M>> split(int desired, PipelineOptions options) throws Exception {
    List<MarkedSource<T, M>> splits = new ArrayList<>();
    for (UnboundedSource<T, M> split : source.split(desired, options)) {
      splits.add(new MarkedSource<>(split));
    }
    return splits;
  }

  @Override
  public UnboundedReader<T> createReader(PipelineOptions options, @Nullable M mark)
      throws IOException {
    return new Reader(source.createReader(options, mark));
  }

  @Override
  public Coder<M> getCheckpointMarkCoder() {
    return source.getCheckpointMarkCoder();
  }

  @Override
  public Coder<T> getOutputCoder() {
    return source.getOutputCoder();
  }

  @Override
  public boolean requiresDeduping() {
    return source.requiresDeduping();
  }

  @Override
  public void validate() {
    source.validate();
  }

  private final class Reader extends UnboundedReader<T> {

    private final UnboundedReader<T> reader;

    Reader(UnboundedReader<T> reader) {
      this.reader = reader;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      Instant unused = reader.getWatermark(); // the mark holds the one that was last asked for
      return reader.getCheckpointMark();
    }

    @Override
    public boolean start() throws IOException {
      return reader.start();
    }

    @Override
    public boolean advance() throws IOException {
      return reader.advance();
    }

    @Override
    public T getCurrent() throws NoSuchElementException {
      return reader.getCurrent();
    }

    @Override
    public Instant getCurrentTimestamp() throws NoSuchElementException {
      return reader.getCurrentTimestamp();
    }

    @Override
    public byte[] getCurrentRecordId() throws NoSuchElementException {
      return reader.getCurrentRecordId();
    }

    @Override
    public Instant getWatermark() {
      return reader.getWatermark();
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
    public UnboundedSource<T, ?> getCurrentSource() {
      return MarkedSource.this;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
