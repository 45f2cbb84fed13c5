package dhara.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes encoded pairs of key and value to a Kafka topic: {@code
 * kafka://broker1:9092,broker2:9092/topic}. An empty key means none, an empty value or one of
 * {@link Tombstone} a tombstone.
 *
 * <ul>
 *   <li>{@code partitions=}: how many a topic gets that is not there yet; 1 by default
 *   <li>{@code producer.NAME=}: a property of Kafka's producer; a secret as {@code env:NAME} or
 *       {@code file:/path}, which every worker reads for itself
 * </ul>
 *
 * <p>A bundle is done when the brokers have acknowledged all of it, and fails with the first record
 * that they refuse; a bundle that is tried again writes its records again. Readers of upserts
 * cannot tell: the key says what a record replaces. That takes the place of Kafka's transactions,
 * which cost far more on engines with small bundles.
 *
 * <p>What the topic takes at a time ({@link TopicLimit}) is asked of it where the writing begins: a
 * batch is never longer, and a longer record fails the bundle before it is sent.
 *
 * <p>Records carry the time of writing, not event time: brokers delete by it.
 */
public final class KafkaSink extends PTransform<PCollection<KV<byte[], byte[]>>, PDone> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);

  // Serializable, unlike the endpoint that it was read from: the graph needs no more.
  private final KafkaAddress address;
  private final transient @Nullable Endpoint endpoint;
  private final int partitions;
  private final boolean upserts;
  private final long longest;

  private KafkaSink(
      KafkaAddress address,
      @Nullable Endpoint endpoint,
      int partitions,
      boolean upserts,
      long longest) {
    this.address = address;
    this.endpoint = endpoint;
    this.partitions = partitions;
    this.upserts = upserts;
    this.longest = longest;
  }

  /**
   * Writes records that replace earlier ones with their key: a topic that is not there yet will be
   * compacted. Every key must be non-empty.
   *
   * @throws BadOption where the endpoint is malformed or has unknown parameters
   */
  public static KafkaSink upserts(Endpoint endpoint) {
    return of(endpoint, true);
  }

  /**
   * Writes records that stand for themselves: a topic that is not there yet will delete by age.
   *
   * @throws BadOption where the endpoint is malformed or has unknown parameters
   */
  public static KafkaSink appends(Endpoint endpoint) {
    return of(endpoint, false);
  }

  private static KafkaSink of(Endpoint endpoint, boolean upserts) {
    return new KafkaSink(
        KafkaProducers.of(endpoint).address(),
        endpoint,
        KafkaTopic.partitions(endpoint),
        upserts,
        0);
  }

  /** The same, to the topic whose name ends in {@code suffix}: {@code -dead-letters}. */
  public KafkaSink withSuffix(String suffix) {
    return new KafkaSink(
        address.withTopic(address.topic() + suffix), endpoint, partitions, upserts, longest);
  }

  /**
   * The same, where a topic that is not there yet will take records as long as this.
   *
   * @param bytes of key and value
   */
  KafkaSink takingRecordsOf(long bytes) {
    return new KafkaSink(address, endpoint, partitions, upserts, bytes);
  }

  /** What the topic takes, asked of it. */
  TopicLimit limit() {
    return TopicLimit.of(address);
  }

  /** The topic. */
  public String topic() {
    return address.topic();
  }

  /**
   * Asks the brokers, and changes nothing.
   *
   * @throws BadOption where no broker answers within ten seconds
   */
  public void check() {
    boolean unused = asked(KafkaTopic::isThere);
    address.unknown("producer.", ProducerConfig.configNames()).forEach(LOG::warn);
  }

  /**
   * Creates the topic if it is not there.
   *
   * @throws BadOption where no broker answers within ten seconds, or none may create the topic
   */
  public void create() {
    int unused = asked(KafkaTopic::createIfAbsent);
  }

  private <A> A asked(Function<KafkaTopic, A> question) {
    if (endpoint == null) {
      throw new IllegalStateException("a sink is checked where it was made, not on a worker");
    }
    KafkaTopic topic = new KafkaTopic(endpoint, address, partitions, upserts, longest);
    return KafkaQuestions.ask(endpoint, address, () -> question.apply(topic));
  }

  @Override
  public PDone expand(PCollection<KV<byte[], byte[]>> records) {
    String option = endpoint == null ? "" : endpoint.option() + ": ";
    records.apply("Write", ParDo.of(new WriteFn(address, upserts, option)));
    return PDone.in(records.getPipeline());
  }

  /** Sends as elements come, and waits at the end of the bundle until all is acknowledged. */
  static final class WriteFn extends DoFn<KV<byte[], byte[]>, Void> {

    private final KafkaAddress address;
    private final boolean upserts;
    private final String option;
    private transient @Nullable TopicLimit limit;
    private transient @Nullable KafkaProducer<byte[], byte[]> producer;
    private transient @Nullable ExecutorService flusher;
    private transient @Nullable Acknowledgements bundle;

    WriteFn(KafkaAddress address, boolean upserts, String option) {
      this.address = address;
      this.upserts = upserts;
      this.option = option;
    }

    @Setup
    public void open() {
      limit = TopicLimit.of(address);
      producer = new KafkaProducers(address).open(limit, Map.of());
      flusher = Acknowledgements.flusher();
    }

    @StartBundle
    public void start() {
      // What an earlier bundle that failed left behind must not fail this one.
      bundle = new Acknowledgements(producer, new KafkaProducers(address).patience(), flusher);
    }

    @ProcessElement
    public void process(@Element KV<byte[], byte[]> record) {
      byte[] key = record.getKey().length == 0 ? null : record.getKey();
      if (key == null && upserts) {
        throw new IllegalArgumentException(
            address.source() + ": an upsert needs a key, else nothing says what it replaces");
      }
      int length = record.getKey().length + record.getValue().length;
      if (length > limit.record()) {
        throw new IllegalStateException(
            ("%s%s: a record of %,d bytes, and the topic takes %,d; raise its max.message.bytes,"
                    + " and producer.max.request.size where you set it")
                .formatted(option, address.source(), length, limit.record()));
      }
      bundle.send(Tombstone.record(address.topic(), key, record.getValue()));
    }

    @FinishBundle
    public void finish() {
      bundle.await();
      Exception refusal = bundle.refusal();
      if (refusal != null) {
        throw new IllegalStateException(
            address.source() + ": the brokers refused a record: " + refusal.getMessage(), refusal);
      }
    }

    @Teardown
    public void close() {
      if (flusher != null) {
        flusher.shutdownNow();
      }
      if (producer != null) {
        // Whatever matters was waited for with its bundle: do not wait for the rest.
        producer.close(Duration.ofSeconds(5));
      }
    }
  }

  /**
   * A record without a value: what has its key is no more. Its revision is in the header {@code
   * revision}, as decimal digits, because a record without a value has no columns. Among the rows
   * of one key it counts like any other: if its revision is the highest.
   *
   * <p>Between the steps of a pipeline it is a value that no row has: a zero byte, then the
   * revision.
   */
  static final class Tombstone {

    private static final String REVISION = "revision";

    private Tombstone() {}

    /** The value that the sink writes as a tombstone of a revision. */
    static byte[] of(long revision) {
      return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 0).putLong(revision).array();
    }

    /** The record of an upsert: an empty value is a tombstone too, one without a revision. */
    static ProducerRecord<byte[], byte[]> record(
        String topic, byte @Nullable [] key, byte[] value) {
      boolean revised = value.length == 1 + Long.BYTES && value[0] == 0;
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, key, revised || value.length == 0 ? null : value);
      if (revised) {
        long revision = ByteBuffer.wrap(value, 1, Long.BYTES).getLong();
        record.headers().add(REVISION, Long.toString(revision).getBytes(UTF_8));
      }
      return record;
    }

    /** The revision of a tombstone; empty if another program wrote it. */
    static OptionalLong revision(ConsumerRecord<?, ?> record) {
      Header header = record.headers().lastHeader(REVISION);
      String digits =
          header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
      return digits.matches("\\d{1,18}")
          ? OptionalLong.of(Long.parseLong(digits))
          : OptionalLong.empty();
    }
  }
}
