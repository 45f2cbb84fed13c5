package dhara.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic's values from its beginning, as they come. */
public final class Followed implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(250);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<String> values = new ArrayList<>();

  /** Follows a topic, which is there. */
  Followed(String bootstrap, String topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Reads on until there is enough, or patience ends.
   *
   * @param enough asked with all values so far, in the order of each partition
   * @return whether there is enough
   */
  public boolean until(Predicate<List<String>> enough, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!enough.test(List.copyOf(values))) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        byte[] value = record.value();
        // A tombstone has nothing but its key: key and window, in JSON.
        values.add(new String(value == null ? record.key() : value, StandardCharsets.UTF_8));
      }
    }
    return true;
  }

  /** What has been read so far; of a tombstone, its key. */
  public List<String> values() {
    return List.copyOf(values);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
