package dhara.connectors.kafka;

import dhara.connectors.Counts;
import dhara.connectors.Counts.Counting;
import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.ResultSet;
import dhara.connectors.kafka.ReferenceTimePolicy.KafkaFacts;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.Arrival.ArrivalCoder;
import dhara.connectors.reading.ArrivalReader;
import dhara.connectors.reading.Chunk;
import dhara.connectors.reading.ChunkedSource;
import dhara.connectors.reading.DeadLetterSums;
import dhara.connectors.reading.KeyText;
import dhara.connectors.reading.UnboundedSources;
import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.RecordFields;
import dhara.options.BadOption;
import dhara.records.RecordCoder;
import dhara.transforms.join.Version;
import dhara.transforms.windows.Lateness;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.kafka.DeserializerProvider;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events from a Kafka topic: {@code kafka://broker1:9092,broker2:9092/topic}. With {@code
 * end=} it reads a range and is bounded; without it, it is unbounded.
 *
 * <ul>
 *   <li>{@code start=}: {@code earliest} (the default), {@code latest}, an instant, or offsets as
 *       {@code 0:1200,1:1180}
 *   <li>{@code end=} (exclusive): {@code latest}, an instant or offsets
 *   <li>{@code isolation=}: {@code read_committed} (the default) or {@code read_uncommitted}
 *   <li>{@code consumer.NAME=}: a property of Kafka's consumer; a secret as {@code env:NAME} or
 *       {@code file:/path}, which every worker resolves itself
 * </ul>
 *
 * <p>Instants are compared with the timestamps of records, not with event time, and mean the first
 * record at or after them. If offsets are listed, partitions without one are not read. The offsets
 * of a bounded read are looked up once, before it runs; those of a stream when a partition is first
 * read, later they come from the checkpoint.
 *
 * <p>Time: events carry the event time of their payload. The watermark of a partition trails its
 * newest event by {@code disorder}; an idle partition follows the tail of the topic (see {@link
 * PartitionWatermark}). Neither the wall clock nor a dead letter moves it.
 *
 * <p>Records that are not events become dead letters with their bytes: tombstones (in a reference,
 * a tombstone removes its key), too long records (with their first bytes), records that do not
 * parse, and implausible event times. In a stream, an event that is late by {@link Lateness} behind
 * the watermark of its own partition goes to the late output. If offsets are deleted before they
 * are read, the run fails: nothing is skipped silently. The source joins no consumer group and
 * commits no offsets.
 *
 * <pre>{@code
 * KafkaSource.of(Endpoint.of("--events", "kafka://localhost:9092/trades?end=latest"), ...)
 * }</pre>
 */
public final class KafkaSource<T extends Record & Event> implements EventSource<T> {

  /**
   * Records in a chunk. They share the cost of Flink's metrics update per source element; larger
   * chunks gain little. For Flink a chunk is one element of a bundle, and the watermark does not
   * advance while a bundle is open. With this size the watermark of a topic that is read at full
   * speed advances about every 200,000 records of a worker; with 100 it would be every million.
   */
  private static final int CHUNK = 20;

  /** Shorter than the tens of milliseconds that KafkaIO itself waits for records. */
  private static final Duration CHUNK_TIME = Duration.ofMillis(5);

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);

  private final KafkaSpan span;
  private final Decoding<T> decoding;
  private final Coder<T> coder;
  private final Duration disorder;
  private final Duration idleAfter;
  private final @Nullable ResultSet late;

  /** The topics of the facts that a reference follows; null if this is a source of facts. */
  private final @Nullable List<KafkaFacts> follows;

  private KafkaSource(
      KafkaSpan span,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter,
      @Nullable ResultSet late,
      @Nullable List<KafkaFacts> follows) {
    this.span = span;
    this.decoding = decoding;
    this.coder = coder;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
    this.late = late;
    this.follows = follows;
  }

  /**
   * A source.
   *
   * @param coder encodes events
   * @param disorder how far out of order events may arrive within a partition
   * @param idleAfter how long a partition must be silent before it stops holding the watermark back
   * @throws BadOption if the endpoint is malformed or has unknown parameters
   */
  public static <T extends Record & Event> KafkaSource<T> of(
      Endpoint endpoint,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter) {
    KafkaSpan span = KafkaSpan.of(endpoint);
    UnboundedSources.checkTimes(disorder, idleAfter);
    return new KafkaSource<>(span, decoding, coder, disorder, idleAfter, null, null);
  }

  /**
   * The same range without the records that a stream of the topic found late.
   *
   * @param newLate the stream's late output
   * @throws BadOption if this is a stream and not a range
   */
  public KafkaSource<T> without(ResultSet newLate) {
    if (span.end() == null) {
      throw newLate
          .endpoint()
          .bad("is for backfills; give the topic an end: --events=kafka://…?end=latest");
    }
    return new KafkaSource<>(span, decoding, coder, disorder, idleAfter, newLate, follows);
  }

  @Override
  public KafkaSource<T> asReference(List<EventSource<?>> facts) {
    if (!(span.start() instanceof KafkaOffsets.Earliest)) {
      throw span.endpoint()
          .bad("holds a reference, which is read from its beginning; leave start= out");
    }
    List<KafkaFacts> topics = new ArrayList<>();
    for (EventSource<?> source : facts) {
      if (source instanceof KafkaSource<?> topic && topic.span.end() == null) {
        topics.add(new KafkaFacts(topic.span.consumers(), topic.decoding));
      }
    }
    if (span.end() == null && topics.isEmpty()) {
      throw span.endpoint()
          .bad(
              "is an unbounded reference beside events that do not come from such a topic; give "
                  + "it an end: "
                  + span.endpoint().option()
                  + "=NAME=kafka://…?end=latest");
    }
    return new KafkaSource<>(span, decoding, coder, disorder, idleAfter, late, topics);
  }

  /** The partitions with their offsets; for a stream up to their current ends. */
  @Override
  public List<String> found() {
    List<KafkaRange> ranges = span.upToNow().ranges();
    List<String> found = new ArrayList<>();
    long records = ranges.stream().mapToLong(range -> range.until() - range.from()).sum();
    found.add("%,d records at most, in %,d partitions".formatted(records, ranges.size()));
    for (KafkaRange range : ranges) {
      found.add(
          "partition %d: offsets %,d to %,d"
              .formatted(range.partition(), range.from(), range.until()));
    }
    return found;
  }

  /**
   * Checks with the brokers that the topic, its partitions and the offsets exist.
   *
   * @throws BadOption if not, or if no broker answers within ten seconds
   */
  @Override
  public void check() {
    span.ranges();
    span.doubts().forEach(LOG::warn);
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    return span.end() == null ? stream(pipeline, name, lateness) : range(pipeline, name);
  }

  /**
   * A stream. KafkaIO has two implementations; this uses the one over {@code UnboundedSource} on
   * every engine, because its readers, and so the idle times in the watermark policy, live as long
   * as their partition is read. The other implementation creates a new policy for every poll, which
   * would never find a partition idle.
   */
  private Read<T> stream(Pipeline pipeline, String name, Lateness lateness) {
    KafkaConsumers consumers = span.consumers();
    return follows == null
        ? stream(
            pipeline,
            name,
            lateness,
            new NoKeys(),
            VoidCoder.of(),
            new EventTimePolicy<>(consumers, decoding, disorder, idleAfter, lateness))
        : stream(
            pipeline,
            name,
            lateness,
            new TextKeys(),
            TextKeys.CODER,
            new ReferenceTimePolicy<>(consumers, decoding, follows, disorder, lateness));
  }

  private <K> Read<T> stream(
      Pipeline pipeline,
      String name,
      Lateness lateness,
      DeserializerProvider<K> keys,
      Coder<K> keyCoder,
      TimestampPolicyFactory<K, Arrival<T>> policy) {
    KafkaConsumers consumers = span.consumers();
    KafkaOffsets start = span.start();
    KafkaIO.Read<K, Arrival<T>> read =
        KafkaIO.<K, Arrival<T>>read()
            .withBootstrapServers(consumers.address().brokers())
            .withConsumerConfigUpdates(withoutDeserializers(consumers.described()))
            .withConsumerFactoryFn(new StartingConsumers(consumers, start))
            .withKeyDeserializerProviderAndCoder(keys, keyCoder)
            .withValueDeserializerProviderAndCoder(
                new Arrivals<>(decoding, coder), new ArrivalCoder<>(coder))
            .withTimestampPolicyFactory(policy)
            // Only the implementation over UnboundedSource has this option. Setting it, to its
            // default value, selects that implementation whatever the engine prefers.
            .withOffsetDeduplication(false);
    String topic = consumers.address().topic();
    if (start instanceof KafkaOffsets.Listed listed) {
      read =
          read.withTopicPartitions(
              listed.offsets().keySet().stream().map(p -> new TopicPartition(topic, p)).toList());
    } else {
      read = read.withTopic(topic);
    }
    Outputs<T> outputs = new Outputs<>();
    PCollectionTuple split =
        pipeline
            .apply(name + ": read", org.apache.beam.sdk.io.Read.from(chunked(read)))
            .apply(
                name + ": events and dead letters",
                ParDo.of(
                        new SplitFn<K, T>(
                            decoding.input(),
                            consumers.address().source(),
                            decoding.format().type(),
                            lateness,
                            outputs))
                    .withOutputTags(outputs.events, outputs.others().and(outputs.late)));
    return outputs.of(
        split,
        coder,
        Optional.of(split.get(outputs.late).setCoder(RecordCoder.of(LateEvent.class))),
        Optional.empty(),
        follows != null);
  }

  /** The source that KafkaIO reads. */
  @SuppressWarnings("unchecked") // a reader of KafkaIO gives its records
  private static <K, T extends Record & Event> ChunkedSource<KafkaRecord<K, Arrival<T>>, ?> chunked(
      KafkaIO.Read<K, Arrival<T>> read) {
    return ChunkedSource.of(
        (UnboundedSource<KafkaRecord<K, Arrival<T>>, ?>) UnboundedSources.of(read),
        CHUNK,
        CHUNK_TIME);
  }

  /** A tombstone takes effect at its record's timestamp. */
  private static <T extends Record> Version<T> removed(String key, long atMillis, String position) {
    return Version.removed(key, java.time.Instant.ofEpochMilli(atMillis), position);
  }

  /** The position of a record in dead letters and late events. */
  private static String position(int partition, long offset) {
    return "partition=" + partition + " offset=" + offset;
  }

  private static Map<String, Object> withoutDeserializers(Map<String, Object> settings) {
    settings.remove("key.deserializer"); // KafkaIO sets the same and refuses the property
    settings.remove("value.deserializer");
    return settings;
  }

  /** A backfill: ranges of offsets, each read by any free worker. */
  private Read<T> range(Pipeline pipeline, String name) {
    KafkaConsumers consumers = span.consumers();
    LateRecords lateRecords =
        late == null
            ? null
            : LateRecords.read(
                late, decoding.input(), consumers.address().source(), pipeline, name);
    Outputs<T> outputs = new Outputs<>();
    PCollectionTuple split =
        pipeline
            .apply(name + ": ranges", Create.of(span.cut()).withCoder(new KafkaRange.RangeCoder()))
            .apply(name + ": spread", Reshuffle.viaRandomKey())
            .apply(
                name + ": read",
                ParDo.of(
                        new ReadRangeFn<>(
                            consumers, decoding, lateRecords, follows != null, outputs))
                    .withSideInputs(Stream.ofNullable(lateRecords).map(LateRecords::view).toList())
                    .withOutputTags(outputs.events, outputs.others().and(outputs.leftOut)));
    Optional<PCollection<T>> leftOut =
        Optional.of(split.get(outputs.leftOut).setCoder(coder)).filter(o -> late != null);
    return outputs.of(split, coder, Optional.empty(), leftOut, follows != null);
  }

  /** The outputs of both kinds of reading; only a stream has late events. */
  private static final class Outputs<T extends Record & Event> implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TupleTag<T> events = new TupleTag<>("events");
    private final TupleTag<LateEvent> late = new TupleTag<>("late");
    private final TupleTag<T> leftOut = new TupleTag<>("leftOut");
    private final TupleTag<DeadLetter> deadLetters = new TupleTag<>("deadLetters");
    private final TupleTag<Counts> counts = new TupleTag<>("counts");
    private final TupleTag<Version<T>> removals = new TupleTag<>("removals");

    TupleTagList others() {
      return TupleTagList.of(deadLetters).and(counts).and(removals);
    }

    Read<T> of(
        PCollectionTuple split,
        Coder<T> coder,
        Optional<PCollection<LateEvent>> lateEvents,
        Optional<PCollection<T>> without,
        boolean reference) {
      PCollection<T> stamped = split.get(events).setCoder(coder);
      PCollection<Version<T>> removed = split.get(removals).setCoder(Version.coder(coder));
      return new Read<>(
          stamped,
          lateEvents,
          without,
          split.get(deadLetters).setCoder(RecordCoder.of(DeadLetter.class)),
          split.get(counts).setCoder(RecordCoder.of(Counts.class)),
          Optional.of(removed).filter(r -> reference));
    }
  }

  /** Creates the consumers of KafkaIO, with resolved secrets, positioned where reading starts. */
  private record StartingConsumers(KafkaConsumers consumers, KafkaOffsets start)
      implements SerializableFunction<Map<String, Object>, Consumer<byte[], byte[]>> {

    @Override
    public Consumer<byte[], byte[]> apply(Map<String, Object> described) {
      // KafkaIO's second consumer, which counts the backlog, has some other settings: keep those.
      Map<String, Object> settings = consumers.settings();
      described.forEach(
          (name, value) -> {
            if (!consumers.address().properties().containsKey(name)) {
              settings.put(name, value);
            }
          });
      return consumers.address().client(all -> new StartingConsumer(all, start), settings);
    }
  }

  /**
   * A consumer that seeks to the start as soon as it has partitions. KafkaIO itself can only start
   * all partitions at one instant, and fails if a partition has no record after it. A restored
   * reader then seeks to the offset of its checkpoint.
   */
  private static final class StartingConsumer extends KafkaConsumer<byte[], byte[]> {

    private static final Duration LOOKUP = Duration.ofMinutes(1);

    private final KafkaOffsets start;

    StartingConsumer(Map<String, Object> settings, KafkaOffsets start) {
      super(settings);
      this.start = start;
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
      super.assign(partitions);
      start.resolve(this, partitions, LOOKUP).forEach(this::seek);
    }
  }

  /** Drops the keys, because the value contains everything. */
  private static final class NoKeys implements DeserializerProvider<Void> {

    private static final long serialVersionUID = 1L;

    @Override
    public Deserializer<Void> getDeserializer(Map<String, ?> configs, boolean isKey) {
      return (topic, data) -> null;
    }

    @Override
    public Coder<Void> getCoder(CoderRegistry registry) {
      return VoidCoder.of();
    }
  }

  /** Keeps the keys of a reference as text, because a tombstone has only its key. */
  private static final class TextKeys implements DeserializerProvider<String> {

    private static final long serialVersionUID = 1L;

    static final Coder<String> CODER = NullableCoder.of(StringUtf8Coder.of());

    @Override
    public Deserializer<String> getDeserializer(Map<String, ?> configs, boolean isKey) {
      return (topic, data) -> data == null ? null : KeyText.of(data);
    }

    @Override
    public Coder<String> getCoder(CoderRegistry registry) {
      return CODER;
    }
  }

  /** Deserializes values to arrivals. */
  private static final class Arrivals<T extends Record & Event>
      implements DeserializerProvider<Arrival<T>> {

    private static final long serialVersionUID = 1L;

    private final Decoding<T> decoding;
    private final Coder<T> coder;

    Arrivals(Decoding<T> decoding, Coder<T> coder) {
      this.decoding = decoding;
      this.coder = coder;
    }

    @Override
    public Deserializer<Arrival<T>> getDeserializer(Map<String, ?> configs, boolean isKey) {
      ArrivalReader<T> reader = new ArrivalReader<>(decoding);
      return (topic, data) -> reader.read(data);
    }

    @Override
    public Coder<Arrival<T>> getCoder(CoderRegistry registry) {
      return new ArrivalCoder<>(coder);
    }
  }

  /**
   * Separates events, which are already stamped, from late ones and dead letters, and counts all.
   */
  static final class SplitFn<K, T extends Record & Event>
      extends DoFn<Chunk<KafkaRecord<K, Arrival<T>>>, T> {

    private final String input;
    private final String source;
    private final Class<T> type;
    private final Lateness lateness;
    private final Outputs<T> outputs;
    private transient @Nullable RecordFields<T> fields;
    private transient @Nullable Counting counting;
    private transient DeadLetterSums.@Nullable OfBundle sums;

    SplitFn(String input, String source, Class<T> type, Lateness lateness, Outputs<T> outputs) {
      this.input = input;
      this.source = source;
      this.type = type;
      this.lateness = lateness;
      this.outputs = outputs;
    }

    @StartBundle
    public void start() {
      counting = new Counting();
      sums = new DeadLetterSums.OfBundle(outputs.deadLetters);
    }

    @ProcessElement
    public void process(@Element Chunk<KafkaRecord<K, Arrival<T>>> chunk, MultiOutputReceiver out) {
      OutputReceiver<T> events = out.get(outputs.events);
      for (int i = 0; i < chunk.size(); i++) {
        KafkaRecord<K, Arrival<T>> record = chunk.element(i);
        Arrival<T> arrival = record.getKV().getValue();
        counting.read(arrival.length());
        T event = arrival.event();
        if (arrival.late()) {
          counting.late();
          out.get(outputs.late).outputWithTimestamp(late(arrival, record), chunk.at(i));
        } else if (event != null) {
          counting.event();
          events.outputWithTimestamp(event, chunk.at(i));
        } else if (arrival.tombstone() && record.getKV().getKey() instanceof String key) {
          counting.event();
          out.get(outputs.removals)
              .outputWithTimestamp(
                  removed(key, record.getTimestamp(), position(record)), chunk.at(i));
        } else {
          counting.deadLetter();
          sums.add(arrival.deadLetter(input, source, position(record)), chunk.at(i), out);
        }
      }
    }

    private LateEvent late(Arrival<T> arrival, KafkaRecord<K, Arrival<T>> record) {
      if (arrival.tombstone()) {
        return arrival.lateTombstone(
            record.getTimestamp(), lateness, input, source, position(record));
      }
      if (fields == null) {
        fields = RecordFields.of(type);
      }
      return arrival.lateEvent(fields, lateness, input, source, position(record));
    }

    private static String position(KafkaRecord<?, ?> record) {
      return KafkaSource.position(record.getPartition(), record.getOffset());
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      sums.giveAll(context);
      counting.output(context, outputs.counts);
    }
  }

  /** Reads a range from its first to its last offset. */
  static final class ReadRangeFn<T extends Record & Event> extends DoFn<KafkaRange, T> {

    private final KafkaConsumers consumers;
    private final Decoding<T> decoding;
    private final @Nullable LateRecords late;
    private final boolean reference;
    private final Outputs<T> outputs;
    private transient @Nullable KafkaRangeReader ranges;
    private transient @Nullable ArrivalReader<T> reader;
    private transient @Nullable Counting counting;

    ReadRangeFn(
        KafkaConsumers consumers,
        Decoding<T> decoding,
        @Nullable LateRecords late,
        boolean reference,
        Outputs<T> outputs) {
      this.consumers = consumers;
      this.decoding = decoding;
      this.late = late;
      this.reference = reference;
      this.outputs = outputs;
    }

    @Setup
    public void open() {
      ranges = KafkaRangeReader.open(consumers);
      reader = new ArrivalReader<>(decoding);
    }

    @StartBundle
    public void start() {
      counting = new Counting();
    }

    @ProcessElement
    public void process(
        @Element KafkaRange range, ProcessContext context, MultiOutputReceiver out) {
      Set<Long> leftOut = late == null ? Set.of() : late.in(range, context);
      OutputReceiver<T> events = out.get(outputs.events);
      OutputReceiver<DeadLetter> letters = out.get(outputs.deadLetters);
      DeadLetterSums sums = new DeadLetterSums();
      ranges.read(
          range,
          record -> {
            Arrival<T> arrival = reader.read(record.value(), record.timestamp());
            counting.read(arrival.length());
            T event = arrival.event();
            boolean removes = reference && arrival.tombstone() && record.key() != null;
            if (removes && leftOut.contains(record.offset())) {
              counting.late();
            } else if (removes) {
              counting.event();
              out.get(outputs.removals)
                  .outputWithTimestamp(
                      removed(
                          KeyText.of(record.key()),
                          record.timestamp(),
                          position(range.partition(), record.offset())),
                      Instant.ofEpochMilli(record.timestamp()));
            } else if (event == null) {
              counting.deadLetter();
              sums.add(
                  arrival.deadLetter(
                      decoding.input(),
                      consumers.address().source(),
                      position(range.partition(), record.offset())),
                  letters::output);
            } else if (leftOut.contains(record.offset())) {
              counting.late();
              out.get(outputs.leftOut).outputWithTimestamp(event, at(event));
            } else {
              counting.event();
              events.outputWithTimestamp(event, at(event));
            }
          });
      sums.giveAll(letters::output);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      counting.output(context, outputs.counts);
    }

    private static Instant at(Event event) {
      return Instant.ofEpochMilli(event.at().toEpochMilli());
    }

    @Teardown
    public void close() {
      if (ranges != null) {
        ranges.close();
      }
    }
  }
}
