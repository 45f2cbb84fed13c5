package dhara.connectors.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How Dhara reads a topic: plain consumers with assigned partitions, in no group, that commit
 * nothing. Where a run stands is the runner's to know (its checkpoints), never the broker's.
 *
 * @param address the topic
 * @param isolation {@code read_committed} or {@code read_uncommitted}
 */
record KafkaConsumers(KafkaAddress address, String isolation) implements Serializable {

  /** The properties that are not the user's to set, each with the reason. */
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

  /** What is set on a consumer, without secrets: fit to be stored in a graph. */
  Map<String, Object> described() {
    return over(new HashMap<>(address.properties()));
  }

  /** Settings of a consumer with the secrets read: never to be stored, printed or sent. */
  Map<String, Object> settings() {
    return over(address.settings());
  }

  /** A consumer with these settings. */
  KafkaConsumer<byte[], byte[]> open(Map<String, Object> settings) {
    return address.client(KafkaConsumer::new, settings);
  }

  /** Settings of a consumer that gives up after a while, for questions asked before a run. */
  Map<String, Object> settings(Duration patience) {
    Map<String, Object> settings = settings();
    int millis = (int) patience.toMillis();
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis / 2);
    // A client that cannot connect logs every attempt: make few.
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MS_CONFIG, (long) millis / 2);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, (long) millis / 2);
    return settings;
  }

  private Map<String, Object> over(Map<String, Object> users) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 512 * 1024);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    // Kafka's own 1 MiB is a round trip for every few thousand records of a partition.
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
}
