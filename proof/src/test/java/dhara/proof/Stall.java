package dhara.proof;

import dhara.testkit.EmbeddedKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Copies a topic, record by record, over some time. Meanwhile one partition gets nothing for a
 * while, and then all missed records at once, as from a hanging producer.
 *
 * @param from the topic to copy, with its timestamps
 * @param to an empty topic with as many partitions
 * @param time the duration of the copy without the stall
 */
record Stall(EmbeddedKafka kafka, String from, String to, Duration time) {

  /** How long the partition gets nothing. */
  static final Duration STALL = Duration.ofSeconds(15);

  private static final int STALLED = 1;
  private static final int STEPS = 100;
  private static final int FIRST = STEPS / 4;

  /** Sends all records, and returns when they are acknowledged. */
  void send() {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>(kafka.readAll(from));
    all.sort(Comparator.comparingLong(ConsumerRecord::timestamp)); // stable: by partition as before
    List<ProducerRecord<byte[], byte[]>> missed = new ArrayList<>();
    long stepNanos = time.toNanos() / STEPS;
    int stalls = (int) (STALL.toNanos() / stepNanos);
    int perStep = all.size() / STEPS + 1;
    for (int step = 0; step * perStep < all.size() || step <= FIRST + stalls; step++) {
      List<ProducerRecord<byte[], byte[]>> now = new ArrayList<>();
      boolean stalled = step >= FIRST && step < FIRST + stalls;
      if (!stalled) {
        now.addAll(missed);
        missed.clear();
      }
      int start = Math.min(step * perStep, all.size());
      for (ConsumerRecord<byte[], byte[]> record :
          all.subList(start, Math.min(start + perStep, all.size()))) {
        (stalled && record.partition() == STALLED ? missed : now).add(copy(record));
      }
      kafka.produce(now);
      try {
        TimeUnit.NANOSECONDS.sleep(stepNanos); // the pace of the events
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> record) {
    return EmbeddedKafka.record(
        to,
        record.partition(),
        Instant.ofEpochMilli(record.timestamp()),
        record.key(),
        record.value());
  }
}
