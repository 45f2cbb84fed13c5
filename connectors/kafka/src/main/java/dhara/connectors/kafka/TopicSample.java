package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.kafka.offsets.KafkaRange;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads some records of a topic outside of a pipeline, to measure with them: from {@code start=}
 * on, up to {@code end=} or the newest record now, of all partitions alike.
 */
public final class TopicSample {

  private static final Duration POLL = Duration.ofSeconds(1);

  /** How long the broker may send nothing although records are left. */
  private static final int SILENT_POLLS = 30;

  private TopicSample() {}

  /** Takes the value of a record. */
  @FunctionalInterface
  public interface ValueTaker {

    /** Takes a value; tombstones are not passed on. */
    void take(byte[] value) throws IOException;
  }

  /**
   * Reads values.
   *
   * @param endpoint the topic
   * @param most how many values to read at most
   * @return whether the range holds more than these
   * @throws dhara.options.BadOption if the topic cannot be read
   * @throws IOException if the broker stops answering; or from the taker
   */
  public static boolean read(Endpoint endpoint, long most, ValueTaker taker) throws IOException {
    KafkaSpan span = KafkaSpan.of(endpoint).upToNow();
    KafkaAddress address = span.consumers().address();
    List<KafkaRange> ranges = span.ranges();
    try (KafkaConsumer<byte[], byte[]> consumer =
        span.consumers().open(span.consumers().settings())) {
      return read(consumer, address, ranges, most, taker);
    } catch (KafkaException failed) {
      KafkaException e = address.withoutSecrets(failed);
      throw new IOException(address.source() + ": " + e.getMessage(), e);
    }
  }

  private static boolean read(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaAddress address,
      List<KafkaRange> ranges,
      long most,
      ValueTaker taker)
      throws IOException {
    Map<TopicPartition, Long> left = new TreeMap<>(TopicSample::compare);
    for (KafkaRange range : ranges) {
      if (range.from() < range.until()) {
        left.put(new TopicPartition(address.topic(), range.partition()), range.until());
      }
    }
    consumer.assign(left.keySet());
    for (KafkaRange range : ranges) {
      TopicPartition partition = new TopicPartition(address.topic(), range.partition());
      if (left.containsKey(partition)) {
        consumer.seek(partition, range.from());
      }
    }
    // Of each partition the same number, so that the sample covers the same time in all of them.
    long each = left.isEmpty() ? 0 : (most + left.size() - 1) / left.size();
    Map<TopicPartition, Long> taken = new TreeMap<>(TopicSample::compare);
    boolean more = false;
    int silent = 0;
    while (!left.isEmpty() && silent < SILENT_POLLS) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      silent = records.isEmpty() ? silent + 1 : 0;
      for (TopicPartition partition : records.partitions()) {
        for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
          if (record.offset() < left.getOrDefault(partition, 0L) && record.value() != null) {
            if (taken.merge(partition, 1L, Long::sum) <= each) {
              taker.take(record.value());
            } else {
              more = true;
            }
          }
        }
      }
      for (TopicPartition partition : List.copyOf(left.keySet())) {
        // The position, not the last record, because transactions end with a marker.
        boolean atEnd = consumer.position(partition) >= left.get(partition);
        if (atEnd || taken.getOrDefault(partition, 0L) >= each) {
          more |= !atEnd;
          left.remove(partition);
        }
      }
      consumer.pause(
          consumer.assignment().stream().filter(assigned -> !left.containsKey(assigned)).toList());
    }
    if (!left.isEmpty()) {
      throw new IOException(address.source() + ": the broker sends no more records of " + left);
    }
    return more;
  }

  private static int compare(TopicPartition one, TopicPartition other) {
    return Integer.compare(one.partition(), other.partition());
  }
}
