package dhara.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic's values from its beginning, as they come. */
public final class Followed implements AutoCloseable {

  /** Values that come within this time of each other are looked at together. */
  private static final Duration POLL = Duration.ofMillis(100);

  /** What comes without a pause is looked at this often. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** Where nothing comes, the look is taken again. */
  private static final Duration AGAIN = Duration.ofSeconds(1);

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
   * @param enough asked with all values so far, in the order of each partition: at first, when
   *     there are more, and once a second, because it may look at other things too
   * @return whether there is enough
   */
  public boolean until(Predicate<List<String>> enough, Duration patience) {
    return until(enough, patience, () -> {});
  }

  /**
   * The same.
   *
   * @param meanwhile called again and again; it may throw to end the wait
   */
  public boolean until(Predicate<List<String>> enough, Duration patience, Runnable meanwhile) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!enough.test(List.copyOf(values))) {
      long again = System.nanoTime() + AGAIN.toNanos();
      do {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        meanwhile.run();
      } while (!read() && System.nanoTime() - again < 0);
    }
    return true;
  }

  /** Whether there was something to read. */
  private boolean read() {
    int before = values.size();
    long look = System.nanoTime() + LOOK.toNanos();
    ConsumerRecords<byte[], byte[]> records;
    do {
      records = consumer.poll(POLL);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        values.add(record.value() == null ? withdrawn(record) : text(record.value()));
      }
    } while (!records.isEmpty() && System.nanoTime() - look < 0);
    return values.size() > before;
  }

  /** A tombstone as the row that a file has for it: the key, the revision, {@code withdrawn}. */
  private static String withdrawn(ConsumerRecord<byte[], byte[]> record) {
    Header revision = record.headers().lastHeader("revision");
    String key = text(record.key());
    return "%s,\"revision\":%s,\"withdrawn\":true}"
        .formatted(
            key.substring(0, key.length() - 1), revision == null ? "0" : text(revision.value()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** What has been read so far; a tombstone is a row with {@code withdrawn}. */
  public List<String> values() {
    return List.copyOf(values);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
