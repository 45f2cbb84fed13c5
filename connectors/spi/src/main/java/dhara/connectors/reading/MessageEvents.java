package dhara.connectors.reading;

import dhara.connectors.Decoding;
import dhara.connectors.reading.Arrival.ArrivalCoder;
import dhara.events.Event;
import dhara.transforms.windows.Lateness;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Turns the messages of a client library's source into arrivals, stamped with the event time of
 * their payload, and keeps the {@link ReaderWatermark} of each reader.
 *
 * <p>Data: messages of the other source → position and {@link Arrival}. Time: the event's; a dead
 * letter gets the watermark. Whether an event is late is decided by the watermark of its own
 * reader. State: the other source's marks together with the watermark, so that lateness is decided
 * alike before and after a restore.
 *
 * @param <R> the messages of the other source
 * @param <M> its checkpoint marks
 */
final class MessageEvents<T extends Record & Event, R, M extends CheckpointMark>
    extends UnboundedSource<KV<String, Arrival<T>>, MessageEvents.Mark<M>> {

  private static final long serialVersionUID = 1L;

  /** Identifies the graph: only readers of the same graph share their newest event. */
  private final UUID run;

  private final UnboundedSource<R, M> source;
  private final Message.Form<R> form;
  private final Decoding<T> decoding;
  private final Coder<T> coder;
  private final Duration disorder;
  private final Duration idleAfter;
  private final Lateness lateness;

  MessageEvents(
      UnboundedSource<R, M> source,
      Message.Form<R> form,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter,
      Lateness lateness) {
    this(UUID.randomUUID(), source, form, decoding, coder, disorder, idleAfter, lateness);
  }

  private MessageEvents(
      UUID run,
      UnboundedSource<R, M> source,
      Message.Form<R> form,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter,
      Lateness lateness) {
    this.run = run;
    this.source = source;
    this.form = form;
    this.decoding = decoding;
    this.coder = coder;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
    this.lateness = lateness;
  }

  @Override
  public List<MessageEvents<T, R, M>> split(int desired, PipelineOptions options) throws Exception {
    List<MessageEvents<T, R, M>> splits = new ArrayList<>();
    for (UnboundedSource<R, M> split : source.split(desired, options)) {
      splits.add(
          new MessageEvents<>(run, split, form, decoding, coder, disorder, idleAfter, lateness));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<String, Arrival<T>>> createReader(
      PipelineOptions options, @Nullable Mark<M> mark) throws IOException {
    return new Reader(
        source.createReader(options, mark == null ? null : mark.source),
        new ReaderWatermark(
            disorder,
            idleAfter,
            System::currentTimeMillis,
            SharedNewest.enter(run),
            mark == null ? ReaderWatermark.NONE : mark.watermark,
            mark == null ? System.currentTimeMillis() : mark.heardAt));
  }

  @Override
  public Coder<Mark<M>> getCheckpointMarkCoder() {
    return new MarkCoder<>(source.getCheckpointMarkCoder());
  }

  @Override
  public Coder<KV<String, Arrival<T>>> getOutputCoder() {
    return KvCoder.of(StringUtf8Coder.of(), new ArrivalCoder<>(coder));
  }

  @Override
  public boolean requiresDeduping() {
    return source.requiresDeduping();
  }

  @Override
  public void validate() {
    source.validate();
  }

  /**
   * The checkpoint mark of a reader.
   *
   * @param source the mark of the other source's reader
   * @param watermark the watermark, epoch milliseconds
   * @param heardAt when the reader last got a message, epoch milliseconds of wall clock
   */
  record Mark<M extends CheckpointMark>(M source, long watermark, long heardAt)
      implements CheckpointMark {
    @Override
    public void finalizeCheckpoint() throws IOException {
      source.finalizeCheckpoint();
    }
  }

  /** Encodes marks: watermark, time of the last message, then the other source's mark. */
  static final class MarkCoder<M extends CheckpointMark> extends StructuredCoder<Mark<M>> {

    private static final long serialVersionUID = 1L;

    private final Coder<M> marks;

    MarkCoder(Coder<M> marks) {
      this.marks = marks;
    }

    @Override
    public void encode(Mark<M> mark, OutputStream out) throws IOException {
      DataOutputStream data = new DataOutputStream(out);
      data.writeLong(mark.watermark);
      data.writeLong(mark.heardAt);
      marks.encode(mark.source, out);
    }

    @Override
    public Mark<M> decode(InputStream in) throws IOException {
      DataInputStream data = new DataInputStream(in);
      long watermark = data.readLong();
      long heardAt = data.readLong();
      return new Mark<>(marks.decode(in), watermark, heardAt);
    }

    @Override
    public List<? extends Coder<?>> getCoderArguments() {
      return List.of(marks);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      verifyDeterministic(this, "the other source's marks", marks);
    }
  }

  private final class Reader extends UnboundedReader<KV<String, Arrival<T>>> {

    private final UnboundedReader<R> reader;
    private final ReaderWatermark watermark;
    private final ArrivalReader<T> arrivals = new ArrivalReader<>(decoding);
    private @Nullable KV<String, Arrival<T>> current;
    private boolean closed;
    private Instant at = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Reader(UnboundedReader<R> reader, ReaderWatermark watermark) {
      this.reader = reader;
      this.watermark = watermark;
    }

    @Override
    public boolean start() throws IOException {
      return read(reader.start());
    }

    @Override
    public boolean advance() throws IOException {
      return read(reader.advance());
    }

    private boolean read(boolean any) {
      current = null;
      if (!any) {
        watermark.nothing();
        return false;
      }
      Message message = form.of(reader.getCurrent());
      Arrival<T> arrival = arrivals.read(message.bytes(), reader.getCurrentTimestamp().getMillis());
      T event = arrival.event();
      if (event == null) {
        watermark.heard();
        at = watermark();
      } else {
        long millis = event.at().toEpochMilli();
        if (lateness.late(millis, watermark.known())) {
          arrival.behind(watermark.known());
        }
        watermark.event(millis);
        at = Instant.ofEpochMilli(millis);
      }
      current = KV.of(message.position(), arrival);
      return true;
    }

    @Override
    public KV<String, Arrival<T>> getCurrent() throws NoSuchElementException {
      if (current == null) {
        throw new NoSuchElementException("there is no message");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() throws NoSuchElementException {
      if (current == null) {
        throw new NoSuchElementException("there is no message");
      }
      return at;
    }

    @Override
    public byte[] getCurrentRecordId() throws NoSuchElementException {
      return reader.getCurrentRecordId();
    }

    /** If the other source ends, which happens only in tests, this one ends too. */
    @Override
    public Instant getWatermark() {
      return reader.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE)
          ? watermark()
          : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    private Instant watermark() {
      return watermark.known() == ReaderWatermark.NONE
          ? BoundedWindow.TIMESTAMP_MIN_VALUE
          : Instant.ofEpochMilli(watermark.known());
    }

    @Override
    @SuppressWarnings("unchecked") // a reader's marks are its source's
    public CheckpointMark getCheckpointMark() {
      return new Mark<>((M) reader.getCheckpointMark(), watermark.known(), watermark.heardAt());
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
    public UnboundedSource<KV<String, Arrival<T>>, ?> getCurrentSource() {
      return MessageEvents.this;
    }

    @Override
    public void close() throws IOException {
      if (!closed) {
        closed = true;
        SharedNewest.leave(run);
      }
      reader.close();
    }
  }
}
