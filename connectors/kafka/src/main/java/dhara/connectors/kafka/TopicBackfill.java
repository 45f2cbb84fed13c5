package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.EventSource.Read;
import dhara.connectors.ResultSet;
import dhara.connectors.kafka.offsets.KafkaRange;
import dhara.connectors.kafka.offsets.LateRecords;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.ArrivalReader;
import dhara.connectors.reading.ArrivalRouter;
import dhara.connectors.reading.KeyText;
import dhara.connectors.reading.Origin;
import dhara.connectors.reading.SourceOutputs;
import dhara.events.Event;
import java.io.Serializable;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Reads a range of a topic: ranges of offsets, each read by any free worker.
 *
 * <p>Data: records → events, dead letters, counts; from a reference also removals; without what a
 * stream found late also the events that are left out. Time: events have their own, removals that
 * of their record. State: none but a consumer and the counts of a bundle.
 *
 * @param span the topic and its range
 * @param decoding how bytes become events
 * @param coder encodes events
 * @param late the late output of the stream whose late records are left out; null if none are
 * @param reference whether a tombstone removes its key
 */
record TopicBackfill<T extends Record & Event>(
    KafkaSpan span,
    Decoding<T> decoding,
    Coder<T> coder,
    @Nullable ResultSet late,
    boolean reference) {

  Read<T> read(Pipeline pipeline, String name) {
    KafkaConsumers consumers = span.consumers();
    String source = consumers.address().source();
    LateRecords lateRecords =
        late == null ? null : LateRecords.read(late, decoding.input(), source, pipeline, name);
    SourceOutputs<T> outputs =
        SourceOutputs.ofBackfill(decoding.input(), decoding.format().type()).keyed(reference);
    if (late != null) {
      outputs = outputs.leavingOut();
    }
    ReadRangeFn<T> fn = new ReadRangeFn<>(consumers, decoding, lateRecords, reference, outputs);
    return outputs.read(
        pipeline
            .apply(name + ": ranges", Create.of(span.cut()).withCoder(new KafkaRange.RangeCoder()))
            .apply(name + ": spread", Reshuffle.viaRandomKey())
            .apply(
                name + ": read",
                outputs
                    .of(fn)
                    .withSideInputs(
                        Stream.ofNullable(lateRecords).map(LateRecords::view).toList())),
        coder);
  }

  /** The records that a consumer polls. */
  private record PolledRecords(String source)
      implements Origin<ConsumerRecord<byte[], byte[]>>, Serializable {

    @Override
    public String position(ConsumerRecord<byte[], byte[]> record) {
      return LateRecords.position(record.partition(), record.offset());
    }

    @Override
    public @Nullable String key(ConsumerRecord<byte[], byte[]> record) {
      return record.key() == null ? null : KeyText.of(record.key());
    }
  }

  /** Reads a range from its first to its last offset. */
  static final class ReadRangeFn<T extends Record & Event> extends DoFn<KafkaRange, T> {

    private static final long serialVersionUID = 1L;

    private final KafkaConsumers consumers;
    private final Decoding<T> decoding;
    private final @Nullable LateRecords late;
    private final boolean reference;
    private final SourceOutputs<T> outputs;
    private final PolledRecords origin;
    private transient @Nullable KafkaRangeReader ranges;
    private transient @Nullable ArrivalReader<T> reader;
    private transient @Nullable ArrivalRouter<T> router;

    ReadRangeFn(
        KafkaConsumers consumers,
        Decoding<T> decoding,
        @Nullable LateRecords late,
        boolean reference,
        SourceOutputs<T> outputs) {
      this.consumers = consumers;
      this.decoding = decoding;
      this.late = late;
      this.reference = reference;
      this.outputs = outputs;
      this.origin = new PolledRecords(consumers.address().source());
    }

    @Setup
    public void open() {
      ranges = KafkaRangeReader.open(consumers);
      reader = new ArrivalReader<>(decoding);
    }

    @StartBundle
    public void start() {
      router = outputs.router();
    }

    @ProcessElement
    public void process(@Element KafkaRange range, ProcessContext context) {
      Set<Long> leftOut = late == null ? Set.of() : late.in(range, context);
      ArrivalRouter<T>.Part<ConsumerRecord<byte[], byte[]>> part = router.part(origin, context);
      ranges.read(
          range,
          record -> {
            Arrival<T> arrival = reader.read(record.value(), record.timestamp());
            if (!leftOut.isEmpty() && leftOut.contains(record.offset())) {
              part.leaveOut(arrival, record, at(arrival, record));
            } else {
              part.route(arrival, record, at(arrival, record));
            }
          });
      part.end();
    }

    /** The time of an event or a removal; dead letters have none in a backfill. */
    private Instant at(Arrival<T> arrival, ConsumerRecord<byte[], byte[]> record) {
      T event = arrival.event();
      if (event != null) {
        return Instant.ofEpochMilli(event.at().toEpochMilli());
      }
      return reference && arrival.tombstone()
          ? Instant.ofEpochMilli(record.timestamp())
          : BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      router.finish(context);
    }

    @Teardown
    public void close() {
      if (ranges != null) {
        ranges.close();
      }
    }
  }
}
