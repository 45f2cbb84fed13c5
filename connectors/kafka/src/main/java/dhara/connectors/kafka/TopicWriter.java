package dhara.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dhara.connectors.Endpoint;
import dhara.options.BadOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.utils.Utils;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes records to named partitions of a topic, in order, outside of any pipeline: {@code
 * kafka://broker:9092/topic?partitions=4&producer.NAME=VALUE}. If the topic does not exist, it is
 * created and deletes by age.
 *
 * <p>Only one request is in flight at a time, so a retry comes before later records: the order
 * within a partition is the order of {@link #send}. The timestamp of a record is the time of
 * writing.
 */
public final class TopicWriter implements AutoCloseable {

  /** The overhead of a request beside one record. */
  private static final int REQUEST_OVERHEAD = 1 << 16;

  private final KafkaProducers producers;
  private final int partitions;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ExecutorService flusher;
  private final Acknowledgements acknowledgements;

  private TopicWriter(
      KafkaProducers producers, int partitions, KafkaProducer<byte[], byte[]> producer) {
    this.producers = producers;
    this.partitions = partitions;
    this.producer = producer;
    this.flusher = Acknowledgements.flusher();
    this.acknowledgements = new Acknowledgements(producer, producers.patience(), flusher);
  }

  /**
   * Opens a topic, and creates it if it does not exist.
   *
   * @param endpoint the topic
   * @param least how many partitions it must have
   * @param why what needs so many, for the error
   * @param longest the largest size of a record, in bytes
   * @throws BadOption if the endpoint is malformed, no broker answers within ten seconds, or the
   *     topic has too few partitions
   */
  public static TopicWriter open(Endpoint endpoint, int least, String why, int longest) {
    return open(endpoint, longest, topic -> topic.createIfAbsent(least, why));
  }

  /**
   * Opens a topic that must exist.
   *
   * @param endpoint the topic
   * @param longest the largest size of a record, in bytes
   * @throws BadOption if the endpoint is malformed, no broker answers within ten seconds, or the
   *     topic does not exist
   */
  public static TopicWriter openExisting(Endpoint endpoint, int longest) {
    return open(
        endpoint,
        longest,
        topic -> {
          if (!topic.isThere()) {
            throw endpoint.bad(
                "the topic does not exist, and is not created here; create it, or name another");
          }
          return topic.createIfAbsent();
        });
  }

  private static TopicWriter open(
      Endpoint endpoint, int longest, ToIntFunction<KafkaTopic> partitionsOf) {
    if (!endpoint.scheme().equals("kafka")) {
      throw endpoint.bad("is no topic; write kafka://broker:9092/topic?partitions=4");
    }
    KafkaProducers producers = KafkaProducers.of(endpoint);
    KafkaAddress address = producers.address();
    KafkaTopic topic =
        new KafkaTopic(endpoint, address, KafkaTopic.partitions(endpoint), false, longest);
    return KafkaQuestions.ask(
        endpoint,
        address,
        AclOperation.WRITE,
        () -> {
          int partitions = partitionsOf.applyAsInt(topic);
          return new TopicWriter(
              producers,
              partitions,
              producers.open(
                  TopicLimit.of(address),
                  Map.of(
                      ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                      1,
                      ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                      longest + REQUEST_OVERHEAD)));
        });
  }

  /** The topic. */
  public String topic() {
    return producers.address().topic();
  }

  /** How many partitions the topic has. */
  public int partitions() {
    return partitions;
  }

  /** The partition that Kafka's own producers choose for a key. */
  public static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /** How many records the brokers have acknowledged. */
  public long acknowledged() {
    return acknowledgements.count();
  }

  /**
   * Sends a record; returns before it is acknowledged.
   *
   * @param key null for none
   * @throws IllegalStateException if the brokers have refused this record or an earlier one, or
   *     have not accepted it in time
   */
  public void send(int partition, byte @Nullable [] key, byte[] value) {
    send(partition, key, value, Map.of());
  }

  /** The same with headers. */
  public void send(
      int partition, byte @Nullable [] key, byte[] value, Map<String, String> headers) {
    check();
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic(), partition, key, value);
    headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    acknowledgements.send(record);
  }

  /**
   * Waits until every record is acknowledged.
   *
   * @throws IllegalStateException if one was not
   */
  public void finish() {
    acknowledgements.await();
    check();
  }

  private void check() {
    Exception refusal = acknowledgements.refusal();
    if (refusal != null) {
      IllegalStateException failure =
          new IllegalStateException(
              producers.address().source()
                  + ": the brokers took "
                  + acknowledged()
                  + " records, and then refused one or went away: "
                  + producers
                      .address()
                      .fault(refusal, AclOperation.WRITE)
                      .orElse(refusal.getMessage()));
      // A user sees the root cause of a failure, so it must name the topic.
      failure.addSuppressed(refusal);
      throw failure;
    }
  }

  /** {@code kafka://topic}. */
  @Override
  public String toString() {
    return producers.address().source();
  }

  /** Closes at once, because {@link #finish} has waited for the records. */
  @Override
  public void close() {
    flusher.shutdownNow();
    producer.close(Duration.ZERO);
  }
}
