package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.Endpoint;
import dhara.connectors.EventSource;
import dhara.connectors.ResultSet;
import dhara.connectors.kafka.ReferenceTimePolicy.KafkaFacts;
import dhara.connectors.kafka.offsets.KafkaRange;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.Arrival.ArrivalCoder;
import dhara.connectors.reading.ArrivalReader;
import dhara.connectors.reading.KeyText;
import dhara.connectors.reading.UnboundedSources;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.transforms.windows.Lateness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.kafka.DeserializerProvider;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.checkerframework.checker.nullness.qual.Nullable;
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
 *   <li>the login: {@link dhara.connectors.kafka.access.KafkaLogin}
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
 * PartitionWatermark}). A dead letter does not move it, and the wall clock only in a silent topic
 * with a {@code clockLag}.
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

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);

  private final KafkaSpan span;
  private final Decoding<T> decoding;
  private final Coder<T> coder;
  private final Duration disorder;
  private final Duration idleAfter;
  private final @Nullable Duration clockLag;
  private final @Nullable ResultSet late;

  /** The topics of the facts that a reference follows; null if this is a source of facts. */
  private final @Nullable List<KafkaFacts> follows;

  private KafkaSource(
      KafkaSpan span,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter,
      @Nullable Duration clockLag,
      @Nullable ResultSet late,
      @Nullable List<KafkaFacts> follows) {
    this.span = span;
    this.decoding = decoding;
    this.coder = coder;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
    this.clockLag = clockLag;
    this.late = late;
    this.follows = follows;
  }

  /**
   * A source.
   *
   * @param coder encodes events
   * @param disorder how far out of order events may arrive within a partition
   * @param idleAfter how long a partition must be silent before it stops holding the watermark back
   * @param clockLag the age of the event that a silent topic is taken to have got; null if event
   *     time stands still meanwhile
   * @throws BadOption if the endpoint is malformed or has unknown parameters
   */
  public static <T extends Record & Event> KafkaSource<T> of(
      Endpoint endpoint,
      Decoding<T> decoding,
      Coder<T> coder,
      Duration disorder,
      Duration idleAfter,
      @Nullable Duration clockLag) {
    KafkaSpan span = KafkaSpan.of(endpoint);
    UnboundedSources.checkTimes(disorder, idleAfter);
    if (clockLag != null && clockLag.isNegative()) {
      throw new BadOption("--clockLag", clockLag, "must not be below zero, e.g. --clockLag=PT10S");
    }
    return new KafkaSource<>(span, decoding, coder, disorder, idleAfter, clockLag, null, null);
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
    return new KafkaSource<>(
        span, decoding, coder, disorder, idleAfter, clockLag, newLate, follows);
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
        topics.add(new KafkaFacts(topic.span.consumers(), topic.decoding, topic.clockLag));
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
    return new KafkaSource<>(span, decoding, coder, disorder, idleAfter, clockLag, late, topics);
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

  @Override
  public boolean bounded() {
    return span.end() != null;
  }

  @Override
  public boolean knowsLag() {
    return true;
  }

  /**
   * Checks with the brokers that the topic, its partitions and the offsets exist, and may be read.
   *
   * @throws BadOption if not, or if no broker answers within ten seconds
   */
  @Override
  public void check() {
    List<KafkaRange> unused = span.ranges();
    KafkaTopic.checkMayRead(span.endpoint(), span.consumers().address());
    span.doubts().forEach(LOG::warn);
  }

  @Override
  public Read<T> read(Pipeline pipeline, String name, Lateness lateness) {
    if (span.end() != null) {
      return new TopicBackfill<>(span, decoding, coder, late, follows != null).read(pipeline, name);
    }
    TopicStream<T> stream = new TopicStream<>(span, decoding, coder, disorder, lateness);
    return follows == null
        ? stream.facts(pipeline, name, idleAfter, clockLag)
        : stream.reference(pipeline, name, follows);
  }

  // Flink stores a source in its savepoints, and with it the following classes by their names. So
  // they stay in this class, although TopicStream uses them.

  /** Creates the consumers of KafkaIO, with resolved secrets, positioned where reading starts. */
  record StartingConsumers(KafkaConsumers consumers, KafkaOffsets start)
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
      return consumers.open(settings, start);
    }
  }

  /** Drops the keys, because the value contains everything. */
  static final class NoKeys implements DeserializerProvider<Void> {

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
  static final class TextKeys implements DeserializerProvider<String> {

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
  static final class Arrivals<T extends Record & Event>
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
}
