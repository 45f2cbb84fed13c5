package dhara.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.header.Header;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes encoded pairs of key and value to a Kafka topic: {@code
 * kafka://broker1:9092,broker2:9092/topic}. An empty key means no key; an empty value, or one made
 * by {@link Tombstone}, means a tombstone.
 *
 * <ul>
 *   <li>the login: {@link dhara.connectors.kafka.access.KafkaLogin}
 *   <li>{@code partitions=}: the number of partitions if the topic is created; 1 by default
 *   <li>{@code producer.NAME=}: a property of Kafka's producer; a secret as {@code env:NAME} or
 *       {@code file:/path}, which every worker resolves itself
 * </ul>
 *
 * <p>A bundle is finished when the brokers have acknowledged all its records, and fails with the
 * first record that they refuse; a bundle that is retried writes its records again. Readers of
 * upserts do not notice, because a record replaces earlier ones with its key. This replaces Kafka's
 * transactions, which cost far more on engines with small bundles.
 *
 * <p>The topic's limit ({@link TopicLimit}) is read when writing begins: no batch is longer, and a
 * longer record fails the bundle before it is sent.
 *
 * <p>The timestamp of a record is the time of writing, not event time, because brokers delete by
 * it.
 */
public final class KafkaSink extends PTransform<PCollection<KV<byte[], byte[]>>, PDone> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(KafkaSink.class);

  // Serializable, unlike the endpoint that it was read from.
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
   * Writes records that replace earlier ones with the same key. If the topic is created, it is
   * compacted. Every key must be non-empty.
   *
   * @throws BadOption if the endpoint is malformed or has unknown parameters
   */
  public static KafkaSink upserts(Endpoint endpoint) {
    return of(endpoint, true);
  }

  /**
   * Writes records that do not replace each other. If the topic is created, it deletes by age.
   *
   * @throws BadOption if the endpoint is malformed or has unknown parameters
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
   * The same; if the topic is created, it accepts records of this length.
   *
   * @param bytes of key and value
   */
  KafkaSink takingRecordsOf(long bytes) {
    return new KafkaSink(address, endpoint, partitions, upserts, bytes);
  }

  /** The limit of the topic, as the brokers report it. */
  TopicLimit limit() {
    return TopicLimit.of(address);
  }

  /** The topic. */
  public String topic() {
    return address.topic();
  }

  /** The brokers: {@code host:port} pairs separated by commas. */
  public String brokers() {
    return address.brokers();
  }

  /** The settings that the topic gets if it is created, by Kafka's names, in their order. */
  public Map<String, String> configuration() {
    return KafkaTopic.configuration(upserts, longest);
  }

  /**
   * Checks the topic with the brokers, and changes nothing.
   *
   * @throws BadOption if no broker answers within ten seconds, or the login may neither write to
   *     the topic nor create it
   */
  public void check() {
    boolean unused = asked(KafkaTopic::isWritable);
    address.unknown("producer.", ProducerConfig.configNames()).forEach(LOG::warn);
  }

  /**
   * Creates the topic if it does not exist.
   *
   * @throws BadOption if no broker answers within ten seconds, or the topic may not be created
   */
  public void create() {
    int unused = asked(KafkaTopic::createIfAbsent);
  }

  private <A> A asked(Function<KafkaTopic, A> question) {
    if (endpoint == null) {
      throw new IllegalStateException("a sink is checked where it was made, not on a worker");
    }
    KafkaTopic topic = new KafkaTopic(endpoint, address, partitions, upserts, longest);
    return KafkaQuestions.ask(endpoint, address, AclOperation.WRITE, () -> question.apply(topic));
  }

  @Override
  public PDone expand(PCollection<KV<byte[], byte[]>> records) {
    String option = endpoint == null ? "" : endpoint.option() + ": ";
    records.apply("Write", ParDo.of(new WriteFn(address, upserts, option)));
    return PDone.in(records.getPipeline());
  }

  /** Sends each element at once, and waits at the end of the bundle until all are acknowledged. */
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
      // Records of an earlier bundle that failed must not fail this one.
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
        Optional<String> fault = address.fault(refusal, AclOperation.WRITE);
        if (fault.isPresent()) {
          // A user sees the root cause of a failure, so this has none.
          IllegalStateException failure =
              new IllegalStateException(option + address.source() + ": " + fault.get());
          failure.addSuppressed(refusal);
          throw failure;
        }
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
        // Each bundle has waited for its own records, so do not wait for others.
        producer.close(Duration.ofSeconds(5));
      }
    }
  }

  /**
   * A record without a value, which deletes the row with its key. Its revision is in the header
   * {@code revision}, as decimal digits, because a record without a value has no columns. Like any
   * other row of its key, it counts if its revision is the highest.
   *
   * <p>Between the steps of a pipeline it is encoded as a value that no row has: a zero byte, then
   * the revision.
   */
  static final class Tombstone {

    private static final String REVISION = "revision";

    private Tombstone() {}

    /** The value that the sink writes as a tombstone of a revision. */
    static byte[] of(long revision) {
      return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 0).putLong(revision).array();
    }

    /** The record of an upsert; an empty value is a tombstone without a revision. */
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
