package dhara.connectors.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * The largest batch that a topic accepts, of one or several records: its {@code max.message.bytes},
 * or less if the user limits the producer.
 *
 * @param bytes of a batch
 */
record TopicLimit(int bytes) {

  /** Kafka's default of {@code max.message.bytes}. */
  static final int KAFKAS = 1_048_588;

  /** The largest limit that a created topic gets, because readers hold a whole batch in memory. */
  private static final int MOST = 64 << 20;

  /** The overhead of a batch with one record, beside key and value: 91 bytes, plus headroom. */
  private static final int OVERHEAD = 256;

  /** Incompressible data grows, by 4 bytes per lz4 block of 64 KiB. */
  private static final int COMPRESSION = 1 << 10;

  private static final int BUFFER = 32 << 20;
  private static final int BATCH = 256 << 10;

  /** How long a limit is cached, so that changes of the topic are noticed. */
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  private static final Map<KafkaAddress, Known> KNOWN = new ConcurrentHashMap<>();

  private record Known(int bytes, long atNanos) {}

  /** The limit that a topic needs to take records of this many bytes. */
  static TopicLimit taking(long recordBytes) {
    long bytes = recordBytes + recordBytes / COMPRESSION + OVERHEAD;
    return new TopicLimit((int) Math.min(MOST, Math.max(KAFKAS, bytes)));
  }

  /**
   * The limit of a topic, cached for a minute. If the broker does not report it, Kafka's default.
   *
   * @throws KafkaException if no broker answers
   */
  static TopicLimit of(KafkaAddress address) {
    long now = System.nanoTime();
    Known known = KNOWN.get(address);
    if (known == null || now - known.atNanos > KNOWN_FOR.toNanos()) {
      known = new Known(asked(address), now);
      KNOWN.put(address, known);
    }
    return new TopicLimit(
        Math.min(
            known.bytes,
            Math.min(
                set(address, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE),
                set(address, ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.MAX_VALUE))));
  }

  private static int asked(KafkaAddress address) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, address.topic());
    try (Admin admin = address.client(Admin::create, KafkaTopic.settings(address))) {
      Collection<ConfigEntry> entries =
          admin.describeConfigs(List.of(topic)).all().get().get(topic).entries();
      return entries.stream()
          .filter(entry -> entry.name().equals(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
          .map(entry -> Integer.parseInt(entry.value()))
          .findFirst()
          .orElse(KAFKAS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException
          || e.getCause() instanceof UnsupportedVersionException
          || e.getCause() instanceof UnknownTopicOrPartitionException) {
        return KAFKAS;
      }
      throw new KafkaException(
          address.source() + ": its max.message.bytes cannot be asked for: " + e.getCause(),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while asking for the topic's max.message.bytes", e);
    }
  }

  /** A number of bytes that the user set; Kafka refuses an invalid one. */
  private static int set(KafkaAddress address, String property, int otherwise) {
    String value = address.properties().get(property);
    return value != null && value.matches("\\d{1,9}") ? Integer.parseInt(value) : otherwise;
  }

  /** The largest size of key and value of a record together. */
  int record() {
    return Math.max(0, bytes - bytes / COMPRESSION - OVERHEAD);
  }

  /**
   * The settings of the producer. They prevent batches that are too long for the topic, which would
   * be split, sent and refused repeatedly until the producer gives up.
   */
  Map<String, Object> settings(KafkaAddress address) {
    return Map.of(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
        set(address, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Math.max(bytes, KAFKAS)),
        ProducerConfig.BATCH_SIZE_CONFIG,
        Math.min(bytes, set(address, ProducerConfig.BATCH_SIZE_CONFIG, BATCH)),
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        (long)
            set(
                address,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max(BUFFER, bytes > BUFFER / 2 ? MOST * 2 : 0)));
  }
}
