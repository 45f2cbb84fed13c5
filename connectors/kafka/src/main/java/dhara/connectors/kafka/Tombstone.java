package dhara.connectors.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A record without a value: what has its key is no more. Its revision is in the header {@code
 * revision}, as decimal digits, because a record without a value has no columns. Among the rows of
 * one key it counts like any other: if its revision is the highest.
 *
 * <p>Between the steps of a pipeline it is a value that no row has: a zero byte, then the revision.
 */
final class Tombstone {

  private static final String REVISION = "revision";

  private Tombstone() {}

  /** The value that {@link KafkaSink} writes as a tombstone of a revision. */
  static byte[] of(long revision) {
    return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 0).putLong(revision).array();
  }

  /** The record of an upsert: an empty value is a tombstone too, one without a revision. */
  static ProducerRecord<byte[], byte[]> record(String topic, byte @Nullable [] key, byte[] value) {
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
