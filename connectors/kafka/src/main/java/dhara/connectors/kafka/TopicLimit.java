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
 * How many bytes a topic takes at a time, be they one record or a batch of several: what its {@code
 * max.message.bytes} says, or less where the user gives the producer less.
 *
 * @param bytes of a batch
 */
record TopicLimit(int bytes) {

  /** Kafka's own {@code max.message.bytes}. */
  static final int KAFKAS = 1_048_588;

  /** The most that a topic is made to take: one is read whole into memory by whoever reads it. */
  private static final int MOST = 64 << 20;

  /** What a batch has beside the key and the value of its only record: 91 bytes, and headroom. */
  private static final int OVERHEAD = 256;

  /** What does not compress gets longer, by 4 bytes in 64 KiB of lz4's blocks. */
  private static final int COMPRESSION = 1 << 10;

  private static final int BUFFER = 32 << 20;
  private static final int BATCH = 256 << 10;

  /** A topic that is changed, or a stream that starts anew, is asked again after this. */
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  private static final Map<KafkaAddress, Known> KNOWN = new ConcurrentHashMap<>();

  private record Known(int bytes, long atNanos) {}

  /** The limit that a topic needs to take records of this many bytes. */
  static TopicLimit taking(long recordBytes) {
    long bytes = recordBytes + recordBytes / COMPRESSION + OVERHEAD;
    return new TopicLimit((int) Math.min(MOST, Math.max(KAFKAS, bytes)));
  }

  /**
   * The limit of a topic as it is now, give or take a minute. Where the broker does not say,
   * Kafka's own is taken.
   *
   * @throws KafkaException where no broker answers
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

  /** A number of bytes that the user set; what is none is for Kafka to refuse. */
  private static int set(KafkaAddress address, String property, int otherwise) {
    String value = address.properties().get(property);
    return value != null && value.matches("\\d{1,9}") ? Integer.parseInt(value) : otherwise;
  }

  /** How long the key and the value of a record may be together. */
  int record() {
    return Math.max(0, bytes - bytes / COMPRESSION - OVERHEAD);
  }

  /**
   * What a producer must be set to. A batch that is longer than the topic takes would be split,
   * sent and refused again until the producer gives up: no batch is.
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
