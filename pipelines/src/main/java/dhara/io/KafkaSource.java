package dhara.io;

import dhara.events.DeadLetter;
import dhara.events.Event;
import dhara.events.LateEvent;
import dhara.formats.RecordFields;
import dhara.io.Arrival.ArrivalCoder;
import dhara.options.BadOption;
import dhara.records.RecordCoder;
import dhara.transforms.Lateness;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.kafka.DeserializerProvider;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Reads events from a Kafka topic: {@code kafka://broker1:9092,broker2:9092/topic}. With {@code
 * end=} it reads a range and is bounded; without, it reads on for ever.
 *
 * <ul>
 *   <li>{@code start=}: {@code earliest} (the default), {@code latest}, an instant, or offsets as
 *       {@code 0:1200,1:1180}
 *   <li>{@code end=} (exclusive): {@code latest}, an instant or offsets
 *   <li>{@code isolation=}: {@code read_committed} (the default) or {@code read_uncommitted}
 *   <li>{@code consumer.NAME=}: a property of Kafka's consumer; a secret as {@code env:NAME} or
 *       {@code file:/path}, which every worker reads for itself
 * </ul>
 *
 * <p>Instants are compared with the timestamps of records, not with event time, and mean the first
 * record at or after them. Where offsets are listed, partitions without one are not read. The
 * places of a bounded read are looked up once, before it runs; those of a stream where a partition
 * is first read, afterwards its checkpoints know.
 *
 * <p>Time: events carry the event time of their payload. The watermark of a partition trails its
 * newest event by {@code disorder}; an idle partition follows the tail of the topic (see {@link
 * PartitionWatermark}). Neither the wall clock nor a dead letter moves it.
 *
 * <p>What is no event is a dead letter with its bytes: a tombstone (empty), what is too long (its
 * first bytes), what does not parse, what cannot be true in time. What is late by {@link Lateness}
 * when a stream reads it, behind the watermark of its own partition, leaves apart. Offsets that
 * were deleted before they were read fail the run: nothing is skipped in silence. The source joins
 * no consumer group and commits nothing.
 *
 * <pre>{@code
 * KafkaSource.of(Endpoint.of("--events", "kafka://localhost:9092/trades?end=latest"), ...)
 * }</pre>
 */
public final class KafkaSource<T extends Record & Event> implements EventSource<T> {

  /**
   * Offsets of one range: some seconds of work, so that workers stay evenly busy, and few enough
   * events for Spark, which holds all that comes of one element in memory.
   */
  private static final long MOST_PER_RANGE = 100_000;

  /** How long a range may stand still, its broker gone, before the bundle fails. */
  private static final Duration STALLED = Duration.ofMinutes(2);

  private static final Set<String> PARAMETERS = Set.of("start", "end", "isolation", "consumer.*");
  private static final Set<String> ISOLATIONS = Set.of("read_committed", "read_uncommitted");

  private final Endpoint endpoint;
  private final KafkaConsumers consumers;
  private final KafkaOffsets start;
  private final @Nullable KafkaOffsets end;
  private final Decoding<T> decoding;
  private final Coder<T> coder;
  private final Duration disorder;
  private final Duration idleAfter;

  private KafkaSource(
      Endpoint endpoint,
      KafkaConsumers consumers,
      KafkaOffsets start,
      @Nullable KafkaOffsets end,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter) {
    this.endpoint = endpoint;
    this.consumers = consumers;
    this.start = start;
    this.end = end;
    this.decoding = decoding;
    this.coder = coder;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
  }

  /**
   * A source.
   *
   * @param coder encodes events
   * @param disorder how far out of order events may arrive within a partition
   * @param idleAfter how long a partition is silent before it holds the watermark back no more
   * @throws BadOption where the endpoint is malformed or has unknown parameters
   */
  public static <T extends Record & Event> KafkaSource<T> of(
      Endpoint endpoint,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter) {
    endpoint.allow(PARAMETERS);
    if (disorder.isNegative()) {
      throw new BadOption("--disorder", disorder, "is below zero, e.g. --disorder=PT10S");
    }
    if (idleAfter.isNegative() || idleAfter.isZero()) {
      throw new BadOption("--idleAfter", idleAfter, "must be above zero, e.g. --idleAfter=PT30S");
    }
    String isolation = endpoint.parameter("isolation", "read_committed");
    if (!ISOLATIONS.contains(isolation)) {
      throw endpoint.bad(
          "isolation=" + isolation + " does not exist; write read_committed or read_uncommitted");
    }
    KafkaAddress address = KafkaAddress.of(endpoint, "consumer.", KafkaConsumers.OWNED);
    KafkaOffsets start =
        KafkaOffsets.of(endpoint, "start", endpoint.parameter("start", "earliest"));
    String end = endpoint.parameters().get("end");
    return new KafkaSource<>(
        endpoint,
        new KafkaConsumers(address, isolation),
        start,
        end == null ? null : KafkaOffsets.of(endpoint, "end", end),
        decoding,
        coder,
        disorder,
        idleAfter);
  }

  /**
   * Asks the brokers whether the topic is there, and the partitions and offsets in it.
   *
   * @throws BadOption where they are not, or no broker answers within ten seconds
   */
  @Override
  public void check() {
    ranges();
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    return end == null ? stream(pipeline, name, lateness) : range(pipeline, name);
  }

  /** The range of every partition that is read, as it stands now; of a stream, up to its end. */
  private List<KafkaRange> ranges() {
    return KafkaQuestions.ask(
        endpoint,
        consumers.address(),
        () -> {
          Map<String, Object> settings = consumers.settings(KafkaQuestions.PATIENCE);
          try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            return ranges(consumer);
          }
        });
  }

  private List<KafkaRange> ranges(Consumer<byte[], byte[]> consumer) {
    String topic = consumers.address().topic();
    Map<String, List<PartitionInfo>> topics = consumer.listTopics(KafkaQuestions.PATIENCE);
    List<PartitionInfo> infos = topics.get(topic);
    if (infos == null || infos.isEmpty()) {
      throw endpoint.bad(KafkaQuestions.absent(topic, topics.keySet()));
    }
    List<TopicPartition> partitions = new ArrayList<>();
    for (PartitionInfo info : infos) {
      if (reads("start", start, info.partition(), infos.size())
          && (end == null || reads("end", end, info.partition(), infos.size()))) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    Map<TopicPartition, Long> firsts =
        consumer.beginningOffsets(partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> lasts = consumer.endOffsets(partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> from = start.resolve(consumer, partitions, KafkaQuestions.PATIENCE);
    Map<TopicPartition, Long> until =
        end == null ? lasts : end.resolve(consumer, partitions, KafkaQuestions.PATIENCE);
    List<KafkaRange> ranges = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long first = firsts.get(partition);
      long last = lasts.get(partition);
      checkThere("start", start, partition.partition(), from.get(partition), first, last);
      if (end != null) {
        checkThere("end", end, partition.partition(), until.get(partition), first, last);
        if (from.get(partition) > until.get(partition)) {
          throw endpoint.bad(
              "partition "
                  + partition.partition()
                  + " would end at offset "
                  + until.get(partition)
                  + ", before its start at "
                  + from.get(partition)
                  + "; exchange start and end");
        }
      }
      ranges.add(new KafkaRange(partition.partition(), from.get(partition), until.get(partition)));
    }
    return ranges;
  }

  private boolean reads(String parameter, KafkaOffsets offsets, int partition, int partitions) {
    if (!(offsets instanceof KafkaOffsets.Listed listed)) {
      return true;
    }
    for (int named : listed.offsets().keySet()) {
      if (named >= partitions) {
        throw endpoint.bad(
            parameter
                + "= names partition "
                + named
                + ", but the topic has 0 to "
                + (partitions - 1));
      }
    }
    return listed.offsets().containsKey(partition);
  }

  private void checkThere(
      String parameter, KafkaOffsets offsets, int partition, long offset, long first, long last) {
    if (offsets instanceof KafkaOffsets.Listed && (offset < first || offset > last)) {
      throw endpoint.bad(
          parameter
              + "= names offset "
              + offset
              + " of partition "
              + partition
              + ", which has "
              + first
              + " to "
              + last);
    }
  }

  /**
   * A stream. KafkaIO has two implementations; this takes the one over {@code UnboundedSource} on
   * every engine, because its readers, and with them the watermark policy's knowledge of silence,
   * live as long as their partition is read. The other one makes a new policy for every poll, which
   * would never find a partition idle.
   */
  private Read<T> stream(Pipeline pipeline, String name, Lateness lateness) {
    KafkaIO.Read<Void, Arrival<T>> read =
        KafkaIO.<Void, Arrival<T>>read()
            .withBootstrapServers(consumers.address().brokers())
            .withConsumerConfigUpdates(withoutDeserializers(consumers.described()))
            .withConsumerFactoryFn(new StartingConsumers(consumers, start))
            .withKeyDeserializerProviderAndCoder(new NoKeys(), VoidCoder.of())
            .withValueDeserializerProviderAndCoder(
                new Arrivals<>(decoding, coder), new ArrivalCoder<>(coder))
            .withTimestampPolicyFactory(
                new EventTimePolicy<>(consumers, decoding, disorder, idleAfter, lateness))
            // Only the implementation over UnboundedSource knows this option: setting it, to what
            // it is anyway, is how that one is chosen whatever the engine prefers.
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
            .apply(name + ": read", read)
            .apply(
                name + ": events and dead letters",
                ParDo.of(
                        new SplitFn<>(
                            decoding.input(),
                            consumers.address().source(),
                            decoding.format().type(),
                            lateness,
                            outputs))
                    .withOutputTags(outputs.events, outputs.others().and(outputs.late)));
    return outputs.of(
        split,
        coder,
        Optional.of(split.get(outputs.late).setCoder(RecordCoder.of(LateEvent.class))));
  }

  private static Map<String, Object> withoutDeserializers(Map<String, Object> settings) {
    settings.remove("key.deserializer"); // KafkaIO sets the same and refuses to be told
    settings.remove("value.deserializer");
    return settings;
  }

  /** A backfill: ranges of offsets, each read by whichever worker is free. */
  private Read<T> range(Pipeline pipeline, String name) {
    List<KafkaRange> ranges = new ArrayList<>();
    for (KafkaRange whole : ranges()) {
      ranges.addAll(whole.cut(MOST_PER_RANGE));
    }
    Outputs<T> outputs = new Outputs<>();
    PCollectionTuple split =
        pipeline
            .apply(name + ": ranges", Create.of(ranges).withCoder(new KafkaRange.RangeCoder()))
            .apply(name + ": spread", Reshuffle.viaRandomKey())
            .apply(
                name + ": read",
                ParDo.of(new ReadRangeFn<>(consumers, decoding, outputs))
                    .withOutputTags(outputs.events, outputs.others()));
    return outputs.of(split, coder, Optional.empty());
  }

  /** The outputs of both kinds of reading; only a stream has late events. */
  private static final class Outputs<T extends Record & Event> implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TupleTag<T> events = new TupleTag<>("events");
    private final TupleTag<LateEvent> late = new TupleTag<>("late");
    private final TupleTag<DeadLetter> deadLetters = new TupleTag<>("deadLetters");
    private final TupleTag<Long> read = new TupleTag<>("read");

    TupleTagList others() {
      return TupleTagList.of(deadLetters).and(read);
    }

    Read<T> of(
        PCollectionTuple split, Coder<T> coder, Optional<PCollection<LateEvent>> lateEvents) {
      PCollection<T> stamped = split.get(events).setCoder(coder);
      return new Read<>(
          stamped,
          lateEvents,
          split.get(deadLetters).setCoder(RecordCoder.of(DeadLetter.class)),
          split.get(read).setCoder(VarLongCoder.of()));
    }
  }

  /** Makes the consumers of KafkaIO: with the secrets read, and standing where reading starts. */
  private record StartingConsumers(KafkaConsumers consumers, KafkaOffsets start)
      implements SerializableFunction<Map<String, Object>, Consumer<byte[], byte[]>> {

    @Override
    public Consumer<byte[], byte[]> apply(Map<String, Object> described) {
      // KafkaIO's second consumer, which counts the backlog, differs by some settings: keep those.
      Map<String, Object> settings = consumers.settings();
      described.forEach(
          (name, value) -> {
            if (!consumers.address().properties().containsKey(name)) {
              settings.put(name, value);
            }
          });
      return new StartingConsumer(settings, start);
    }
  }

  /**
   * A consumer that stands at the start as soon as it has partitions. KafkaIO itself can only start
   * all partitions at one instant, and fails where a partition has no record after it. A reader
   * that is restored moves on from here to where its checkpoint says.
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

  /** Keys say nothing that the value does not: they are not kept. */
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

  /** Reads values to arrivals where they come off the wire. */
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

  /** Parts events, which are stamped already, from late ones and dead letters, and counts all. */
  static final class SplitFn<T extends Record & Event>
      extends DoFn<KafkaRecord<Void, Arrival<T>>, T> {

    private final String input;
    private final String source;
    private final Class<T> type;
    private final Lateness lateness;
    private final Outputs<T> outputs;
    private transient @Nullable RecordFields<T> fields;
    private transient long count;
    private transient Instant newest = BoundedWindow.TIMESTAMP_MIN_VALUE;

    SplitFn(String input, String source, Class<T> type, Lateness lateness, Outputs<T> outputs) {
      this.input = input;
      this.source = source;
      this.type = type;
      this.lateness = lateness;
      this.outputs = outputs;
    }

    @StartBundle
    public void start() {
      count = 0;
      newest = BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @ProcessElement
    public void process(
        @Element KafkaRecord<Void, Arrival<T>> record,
        @Timestamp Instant at,
        MultiOutputReceiver out) {
      count++;
      newest = at.isAfter(newest) ? at : newest;
      Arrival<T> arrival = record.getKV().getValue();
      T event = arrival.event();
      if (arrival.late()) {
        out.get(outputs.late).output(late(arrival, record.getPartition(), record.getOffset()));
      } else if (event != null) {
        out.get(outputs.events).output(event);
      } else {
        out.get(outputs.deadLetters)
            .output(arrival.deadLetter(input, source, record.getPartition(), record.getOffset()));
      }
    }

    private LateEvent late(Arrival<T> arrival, int partition, long offset) {
      if (fields == null) {
        fields = RecordFields.of(type);
      }
      return arrival.lateEvent(fields, lateness, input, source, partition, offset);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (count > 0) {
        context.output(outputs.read, count, newest, GlobalWindow.INSTANCE);
      }
    }
  }

  /** Reads a range from its first to its last offset. */
  static final class ReadRangeFn<T extends Record & Event> extends DoFn<KafkaRange, T> {

    private final KafkaConsumers consumers;
    private final Decoding<T> decoding;
    private final Outputs<T> outputs;
    private transient @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private transient @Nullable ArrivalReader<T> reader;
    private transient long count;

    ReadRangeFn(KafkaConsumers consumers, Decoding<T> decoding, Outputs<T> outputs) {
      this.consumers = consumers;
      this.decoding = decoding;
      this.outputs = outputs;
    }

    @Setup
    public void open() {
      consumer = new KafkaConsumer<>(consumers.settings());
      reader = new ArrivalReader<>(decoding);
    }

    @StartBundle
    public void start() {
      count = 0;
    }

    @ProcessElement
    public void process(@Element KafkaRange range, MultiOutputReceiver out) {
      KafkaConsumer<byte[], byte[]> consumer = this.consumer;
      ArrivalReader<T> reader = this.reader;
      KafkaAddress address = consumers.address();
      TopicPartition partition = new TopicPartition(address.topic(), range.partition());
      consumer.assign(List.of(partition));
      consumer.seek(partition, range.from());
      long at = range.from();
      long movedAt = System.nanoTime();
      // The position, not the last record, tells the end: the last offsets may hold transaction
      // markers, or records that were compacted away.
      while (at < range.until()) {
        for (ConsumerRecord<byte[], byte[]> record : poll(consumer, range, partition)) {
          if (record.offset() >= range.until()) {
            break;
          }
          count++;
          Arrival<T> arrival = reader.read(record.value(), record.timestamp());
          T event = arrival.event();
          if (event != null) {
            out.get(outputs.events)
                .outputWithTimestamp(event, Instant.ofEpochMilli(event.at().toEpochMilli()));
          } else {
            out.get(outputs.deadLetters)
                .output(
                    arrival.deadLetter(
                        decoding.input(), address.source(), range.partition(), record.offset()));
          }
        }
        long position = consumer.position(partition);
        if (position > at) {
          at = position;
          movedAt = System.nanoTime();
        } else if (System.nanoTime() - movedAt > STALLED.toNanos()) {
          throw new IllegalStateException(
              address.source()
                  + " partition="
                  + range.partition()
                  + " offset="
                  + at
                  + ": nothing could be read for "
                  + STALLED
                  + "; does the broker still run?");
        }
      }
    }

    private Iterable<ConsumerRecord<byte[], byte[]>> poll(
        KafkaConsumer<byte[], byte[]> consumer, KafkaRange range, TopicPartition partition) {
      try {
        return consumer.poll(Duration.ofSeconds(1));
      } catch (OffsetOutOfRangeException e) {
        throw new IllegalStateException(
            consumers.address().source()
                + " partition="
                + range.partition()
                + ": offsets of the"
                + " range "
                + range.from()
                + " to "
                + range.until()
                + " were deleted before they"
                + " were read, the first is now "
                + consumer.beginningOffsets(List.of(partition)).get(partition)
                + "; start later, or keep records longer",
            e);
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      if (count > 0) {
        context.output(
            outputs.read, count, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE);
      }
    }

    @Teardown
    public void close() {
      if (consumer != null) {
        consumer.close();
      }
    }
  }
}
