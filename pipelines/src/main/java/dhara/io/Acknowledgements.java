package dhara.io;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What was sent by one producer since some moment, and what the brokers said to it. Records that
 * the same producer sent before, under another of these, do not count.
 */
final class Acknowledgements {

  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> refused = new AtomicReference<>();
  private long sent;

  Acknowledgements(KafkaProducer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /** Sends a record; returns before it is acknowledged. */
  void send(ProducerRecord<byte[], byte[]> record) {
    sent++;
    var unused =
        producer.send(
            record,
            (at, refusal) -> {
              if (refusal == null) {
                acknowledged.incrementAndGet();
              } else {
                refused.compareAndSet(null, refusal);
              }
            });
  }

  /**
   * Waits until all that was sent is acknowledged, or something is refused. One flush may return
   * before that: a batch that the brokers find too large is done for it when it is split, and not
   * when they have taken its parts. A further one waits for the parts.
   */
  void await() {
    do {
      producer.flush();
    } while (refusal() == null && acknowledged.get() < sent);
  }

  /** How many records the brokers have taken. */
  long count() {
    return acknowledged.get();
  }

  /** Why the brokers have refused a record, or have not taken it in time; null where they have. */
  @Nullable Exception refusal() {
    return refused.get();
  }
}
