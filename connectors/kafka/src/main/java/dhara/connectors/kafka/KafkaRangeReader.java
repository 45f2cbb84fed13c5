package dhara.connectors.kafka;

import dhara.connectors.kafka.offsets.KafkaRange;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Reads ranges of a topic, each from its first to its last offset. It holds a consumer, so it
 * belongs to one thread.
 */
final class KafkaRangeReader implements AutoCloseable {

  /**
   * How long a range may make no progress, for example without a broker, before the bundle fails.
   */
  private static final Duration STALLED = Duration.ofMinutes(2);

  private final KafkaAddress address;
  private final KafkaConsumer<byte[], byte[]> consumer;

  private KafkaRangeReader(KafkaAddress address, KafkaConsumer<byte[], byte[]> consumer) {
    this.address = address;
    this.consumer = consumer;
  }

  /** A reader of a topic, with its own consumer. */
  static KafkaRangeReader open(KafkaConsumers consumers) {
    return new KafkaRangeReader(consumers.address(), consumers.open(consumers.settings()));
  }

  /** Takes the records of a range. */
  @FunctionalInterface
  interface Records {
    void accept(ConsumerRecord<byte[], byte[]> record);
  }

  /**
   * Passes on the records of a range in the order of their offsets.
   *
   * @throws IllegalStateException if offsets were deleted, the topic may not be read, or reading
   *     makes no progress
   */
  void read(KafkaRange range, Records records) {
    TopicPartition partition = new TopicPartition(address.topic(), range.partition());
    consumer.assign(List.of(partition));
    consumer.seek(partition, range.from());
    long at = range.from();
    long movedAt = System.nanoTime();
    // The end is detected by the position, not by the last record, because the last offsets may be
    // transaction markers or compacted records.
    while (at < range.until()) {
      for (ConsumerRecord<byte[], byte[]> record : poll(range, partition)) {
        if (record.offset() >= range.until()) {
          break;
        }
        records.accept(record);
      }
      long position = consumer.position(partition);
      if (position > at) {
        at = position;
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > STALLED.toNanos()) {
        throw new IllegalStateException(
            address.source()
                + " partition="
                + range.partition()
                + " offset="
                + at
                + ": nothing could be read for "
                + STALLED
                + "; does the broker still run?");
      }
    }
  }

  private Iterable<ConsumerRecord<byte[], byte[]>> poll(
      KafkaRange range, TopicPartition partition) {
    try {
      return consumer.poll(Duration.ofSeconds(1));
    } catch (OffsetOutOfRangeException e) {
      throw new IllegalStateException(
          address.source()
              + " partition="
              + range.partition()
              + ": offsets of the range "
              + range.from()
              + " to "
              + range.until()
              + " were deleted before they were read, the first is now "
              + consumer.beginningOffsets(List.of(partition)).get(partition)
              + "; start later, or keep records longer",
          e);
    } catch (AuthorizationException | AuthenticationException e) {
      // A user sees the root cause of a failure, so this has none.
      IllegalStateException failure =
          new IllegalStateException(
              address.source()
                  + ": "
                  + address.fault(e, AclOperation.READ).orElse(String.valueOf(e.getMessage())));
      failure.addSuppressed(e);
      throw failure;
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
