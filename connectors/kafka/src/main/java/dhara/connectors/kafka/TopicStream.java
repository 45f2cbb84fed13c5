package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.EventSource.Read;
import dhara.connectors.kafka.KafkaSource.Arrivals;
import dhara.connectors.kafka.KafkaSource.NoKeys;
import dhara.connectors.kafka.KafkaSource.StartingConsumers;
import dhara.connectors.kafka.KafkaSource.TextKeys;
import dhara.connectors.kafka.ReferenceTimePolicy.KafkaFacts;
import dhara.connectors.kafka.offsets.LateRecords;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.Arrival.ArrivalCoder;
import dhara.connectors.reading.ArrivalRouter;
import dhara.connectors.reading.Chunk;
import dhara.connectors.reading.ChunkedSource;
import dhara.connectors.reading.Origin;
import dhara.connectors.reading.SourceOutputs;
import dhara.connectors.reading.UnboundedSources;
import dhara.events.Event;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.windows.Lateness;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.kafka.DeserializerProvider;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.kafka.common.TopicPartition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads a topic without end.
 *
 * <p>Data: records → {@link Chunk}s of arrivals → events, late events, dead letters, counts; from a
 * reference also removals. Time and lateness: those of each partition, by {@link EventTimePolicy}
 * or {@link ReferenceTimePolicy}. State: offset and watermark of each partition, in the engine's
 * checkpoints.
 *
 * <p>KafkaIO has two implementations; this uses the one over {@code UnboundedSource} on every
 * engine, because its readers, and so the idle times in the watermark policy, live as long as their
 * partition is read. The other implementation creates a new policy for every poll, which would
 * never find a partition idle.
 *
 * @param span the topic, and where reading starts
 * @param decoding how bytes become events
 * @param coder encodes events
 * @param disorder how far out of order events may arrive within a partition
 * @param lateness decides which events are late
 */
record TopicStream<T extends Record & Event>(
    KafkaSpan span, Decoding<T> decoding, Coder<T> coder, Duration disorder, Lateness lateness) {

  /**
   * Records in a chunk. They share the cost of Flink's metrics update per source element; larger
   * chunks gain little. For Flink a chunk is one element of a bundle, and the watermark does not
   * advance while a bundle is open. With this size the watermark of a topic that is read at full
   * speed advances about every 200,000 records of a worker; with 100 it would be every million.
   */
  private static final int CHUNK = 20;

  /** Shorter than the tens of milliseconds that KafkaIO itself waits for records. */
  private static final Duration CHUNK_TIME = Duration.ofMillis(5);

  /**
   * Reads facts.
   *
   * @param idleAfter how long a partition must be silent before it stops holding the watermark back
   * @param clockLag the age of the event that a silent topic is taken to have got; null for none
   */
  Read<T> facts(Pipeline pipeline, String name, Duration idleAfter, @Nullable Duration clockLag) {
    return read(
        pipeline,
        name,
        records(
            new NoKeys(),
            VoidCoder.of(),
            new EventTimePolicy<>(
                span.consumers(), decoding, disorder, idleAfter, clockLag, lateness)),
        false);
  }

  /**
   * Reads a reference.
   *
   * @param facts its watermark follows them
   */
  Read<T> reference(Pipeline pipeline, String name, List<KafkaFacts> facts) {
    return read(
        pipeline,
        name,
        records(
            new TextKeys(),
            TextKeys.CODER,
            new ReferenceTimePolicy<>(span.consumers(), decoding, facts, disorder, lateness)),
        true);
  }

  private <K> Read<T> read(
      Pipeline pipeline, String name, KafkaIO.Read<K, Arrival<T>> records, boolean reference) {
    SourceOutputs<T> outputs =
        SourceOutputs.ofStream(decoding.input(), decoding.format().type(), lateness)
            .keyed(reference);
    StreamedRecords origin = new StreamedRecords(span.consumers().address().source());
    return outputs.read(
        pipeline
            .apply(name + ": read", org.apache.beam.sdk.io.Read.from(chunked(records)))
            .apply(
                name + ": events and dead letters",
                outputs.of(new SplitFn<K, T>(outputs, origin, !reference))),
        coder);
  }

  private <K> KafkaIO.Read<K, Arrival<T>> records(
      DeserializerProvider<K> keys,
      Coder<K> keyCoder,
      TimestampPolicyFactory<K, Arrival<T>> policy) {
    KafkaConsumers consumers = span.consumers();
    KafkaIO.Read<K, Arrival<T>> read =
        KafkaIO.<K, Arrival<T>>read()
            .withBootstrapServers(consumers.address().brokers())
            .withConsumerConfigUpdates(withoutDeserializers(consumers.described()))
            .withConsumerFactoryFn(new StartingConsumers(consumers, span.start()))
            .withKeyDeserializerProviderAndCoder(keys, keyCoder)
            .withValueDeserializerProviderAndCoder(
                new Arrivals<>(decoding, coder), new ArrivalCoder<>(coder))
            .withTimestampPolicyFactory(policy)
            // Only the implementation over UnboundedSource has this option. Setting it, to its
            // default value, selects that implementation whatever the engine prefers.
            .withOffsetDeduplication(false);
    String topic = consumers.address().topic();
    return span.start() instanceof KafkaOffsets.Listed listed
        ? read.withTopicPartitions(
            listed.offsets().keySet().stream().map(p -> new TopicPartition(topic, p)).toList())
        : read.withTopic(topic);
  }

  private static Map<String, Object> withoutDeserializers(Map<String, Object> settings) {
    settings.remove("key.deserializer"); // KafkaIO sets the same and refuses the property
    settings.remove("value.deserializer");
    return settings;
  }

  /** The source that KafkaIO reads. */
  @SuppressWarnings("unchecked") // a reader of KafkaIO gives its records
  private static <K, T extends Record & Event> ChunkedSource<KafkaRecord<K, Arrival<T>>, ?> chunked(
      KafkaIO.Read<K, Arrival<T>> records) {
    return ChunkedSource.of(
        (UnboundedSource<KafkaRecord<K, Arrival<T>>, ?>) UnboundedSources.of(records),
        CHUNK,
        CHUNK_TIME);
  }

  /** The records that KafkaIO reads; those of facts have no keys. */
  private record StreamedRecords(String source) implements Origin<KafkaRecord<?, ?>>, Serializable {

    @Override
    public String position(KafkaRecord<?, ?> record) {
      return LateRecords.position(record.getPartition(), record.getOffset());
    }

    @Override
    public @Nullable String key(KafkaRecord<?, ?> record) {
      return record.getKV().getKey() instanceof String key ? key : null;
    }
  }

  /**
   * Separates events, which are already stamped, from late ones and dead letters, and counts all.
   * Tells the {@link WorkerLoad} how long the records of facts have waited; those of a reference
   * are old by nature.
   */
  static final class SplitFn<K, T extends Record & Event>
      extends DoFn<Chunk<KafkaRecord<K, Arrival<T>>>, T> {

    private static final long serialVersionUID = 1L;

    private final SourceOutputs<T> outputs;
    private final StreamedRecords origin;
    private final boolean facts;
    private transient @Nullable ArrivalRouter<T> router;
    private transient @Nullable WorkerLoad load;

    SplitFn(SourceOutputs<T> outputs, StreamedRecords origin, boolean facts) {
      this.outputs = outputs;
      this.origin = origin;
      this.facts = facts;
    }

    @Setup
    public void setUp(PipelineOptions options) {
      load = facts ? WorkerLoad.here(options) : null;
    }

    @StartBundle
    public void start() {
      router = outputs.router();
    }

    @ProcessElement
    public void process(@Element Chunk<KafkaRecord<K, Arrival<T>>> chunk, ProcessContext context) {
      ArrivalRouter<T>.Part<KafkaRecord<K, Arrival<T>>> part = router.part(origin, context);
      for (int i = 0; i < chunk.size(); i++) {
        KafkaRecord<K, Arrival<T>> record = chunk.element(i);
        part.route(record.getKV().getValue(), record, chunk.at(i));
      }
      if (load != null) {
        load.read(chunk.element(chunk.size() - 1).getTimestamp());
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      router.finish(context);
    }
  }
}
