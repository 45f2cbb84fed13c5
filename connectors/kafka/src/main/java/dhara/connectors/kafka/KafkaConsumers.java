package dhara.connectors.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The consumers with which Dhara reads a topic: with assigned partitions, without a group, without
 * commits. The position of a run is kept in the runner's checkpoints, never in the broker.
 *
 * @param address the topic
 * @param isolation {@code read_committed} or {@code read_uncommitted}
 */
record KafkaConsumers(KafkaAddress address, String isolation) implements Serializable {

  /** The properties that the user may not set, each with the reason. */
  static final Map<String, String> OWNED =
      Map.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "the brokers are in the URI",
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
              "--map and the format decide how bytes read",
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
              "--map and the format decide how bytes read",
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
              "nothing is committed, checkpoints own the offsets",
          ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG,
              "nothing is committed, checkpoints own the offsets",
          ConsumerConfig.GROUP_ID_CONFIG, "the source joins no group, checkpoints own the offsets",
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
              "start= says where reading starts, and offsets that were deleted are an error",
          ConsumerConfig.ISOLATION_LEVEL_CONFIG, "isolation= says it",
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "reading creates no topics");

  /** The settings of a consumer without secrets, which may be stored in a graph. */
  Map<String, Object> described() {
    return over(new HashMap<>(address.properties()));
  }

  /** The settings of a consumer with resolved secrets: never store, print or send them. */
  Map<String, Object> settings() {
    return over(address.settings());
  }

  /** A consumer with these settings. */
  KafkaConsumer<byte[], byte[]> open(Map<String, Object> settings) {
    return address.client(KafkaConsumer::new, settings);
  }

  /** A consumer with these settings, which reads every partition that it gets from this start. */
  KafkaConsumer<byte[], byte[]> open(Map<String, Object> settings, KafkaOffsets start) {
    return address.client(all -> new StartingConsumer(all, start), settings);
  }

  /** The settings of a consumer with a timeout, for checks before a run. */
  Map<String, Object> settings(Duration patience) {
    Map<String, Object> settings = settings();
    int millis = (int) patience.toMillis();
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
    // A client that cannot connect logs every attempt, so make few attempts.
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MS_CONFIG, (long) millis / 2);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, (long) millis / 2);
    return settings;
  }

  private Map<String, Object> over(Map<String, Object> users) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 512 * 1024);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    // With Kafka's default of 1 MiB, every few thousand records of a partition cost a round trip.
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
    settings.putAll(users);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, address.brokers());
    settings.put(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    settings.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return settings;
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
}
