package dhara.connectors.kafka;

import dhara.connectors.Endpoint;
import dhara.connectors.RowFeed;
import dhara.connectors.WrittenRow;
import dhara.connectors.kafka.offsets.KafkaRange;
import dhara.options.BadOption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Follows rows that {@link KafkaSink} writes to a topic. Positions are the next offset of each
 * partition, and the id of the topic: one that was deleted and created anew is read from its start.
 * A position whose record was deleted continues at the oldest one that is left; in a compacted
 * topic that loses nothing, because a later record replaces each deleted one.
 */
final class TopicFeed implements RowFeed {

  /** Among the positions; partitions are numbers. */
  private static final String TOPIC = "topic";

  private static final Duration LOOK_FOR_PARTITIONS = Duration.ofSeconds(30);

  private final KafkaSpan span;
  private final String name;
  private final Map<String, String> positions;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private String topicId = "";
  private long lookedAt;
  private volatile long lag;
  private volatile boolean ended;

  private TopicFeed(KafkaSpan span, String name, Map<String, String> positions) {
    this.span = span;
    this.name = name;
    this.positions = new TreeMap<>(positions);
  }

  static TopicFeed of(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    KafkaSpan span = KafkaSpan.of(endpoint);
    return new TopicFeed(span.of(span.consumers().address().topic() + suffix), name, positions);
  }

  @Override
  public void poll(Duration atMost, Taker taker) throws IOException, InterruptedException {
    try {
      if (consumer == null) {
        connect();
      } else if (span.end() == null
          && System.nanoTime() - lookedAt > LOOK_FOR_PARTITIONS.toNanos()) {
        lookedAt = System.nanoTime();
        if (consumer.partitionsFor(address().topic(), KafkaQuestions.PATIENCE).size()
            != consumer.assignment().size()) {
          close();
          connect();
        }
      }
      if (consumer.assignment().isEmpty()) {
        ended = true;
        return;
      }
      ConsumerRecords<byte[], byte[]> records = consumer.poll(atMost);
      if (!records.isEmpty()) {
        taker.take(batch(records));
      }
      lag = behind();
      ended = span.end() != null && lag == 0;
    } catch (InterruptException e) {
      Thread.interrupted(); // the client sets it again, and the exception that follows says it too
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (BadOption e) {
      close();
      throw new IOException(e.getMessage(), e);
    } catch (KafkaException failed) {
      close();
      KafkaException e = address().withoutSecrets(failed);
      String why = address().fault(failed, AclOperation.READ).orElse(e.getMessage());
      throw new IOException(address().source() + ": " + why, e);
    }
  }

  private KafkaAddress address() {
    return span.consumers().address();
  }

  private void connect() {
    List<KafkaRange> ranges = span.ranges();
    topicId = KafkaTopic.id(span.endpoint(), address());
    if (!topicId.equals(positions.getOrDefault(TOPIC, topicId))) {
      positions.clear();
    }
    consumer = span.consumers().open(span.consumers().settings());
    Map<TopicPartition, Long> at = new HashMap<>();
    for (KafkaRange range : ranges) {
      at.put(new TopicPartition(address().topic(), range.partition()), range.from());
      ends.put(new TopicPartition(address().topic(), range.partition()), range.until());
    }
    Map<TopicPartition, Long> oldest =
        consumer.beginningOffsets(at.keySet(), KafkaQuestions.PATIENCE);
    consumer.assign(at.keySet());
    at.forEach(
        (partition, from) -> {
          String known = positions.get(String.valueOf(partition.partition()));
          long next = known == null ? from : Long.parseLong(known);
          consumer.seek(partition, Math.max(next, oldest.get(partition)));
        });
    lookedAt = System.nanoTime();
    lag = behind();
  }

  private Batch batch(ConsumerRecords<byte[], byte[]> records) {
    List<WrittenRow> rows = new ArrayList<>(records.count());
    List<String> unreadable = new ArrayList<>();
    Map<String, String> changed = new TreeMap<>();
    changed.put(TOPIC, topicId);
    for (TopicPartition partition : records.partitions()) {
      boolean beyond = false;
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        beyond = span.end() != null && record.offset() >= ends.get(partition);
        if (beyond) {
          break;
        }
        try {
          rows.add(TopicRow.of(address(), name, record));
        } catch (IllegalStateException e) {
          unreadable.add(e.getMessage());
        }
      }
      // The position, not the last record, because transactions end with a marker.
      long next = beyond ? ends.get(partition) : consumer.position(partition);
      changed.put(String.valueOf(partition.partition()), String.valueOf(next));
    }
    positions.putAll(changed);
    return new Batch(rows, true, false, changed, unreadable);
  }

  private long behind() {
    long behind = 0;
    for (TopicPartition partition : consumer.assignment()) {
      long rest =
          span.end() == null
              ? consumer.currentLag(partition).orElse(firstLag(partition))
              : ends.get(partition) - consumer.position(partition);
      behind += Math.max(0, rest);
    }
    return behind;
  }

  /** Before the first answer of the broker to a poll, its end when it was asked. */
  private long firstLag(TopicPartition partition) {
    return ends.get(partition) - consumer.position(partition);
  }

  @Override
  public long lag() {
    return lag;
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void close() {
    if (consumer != null) {
      // An interrupt is how a reader is stopped, and the consumer refuses to close under one.
      boolean interrupted = Thread.interrupted();
      try {
        consumer.close(Duration.ofSeconds(1));
        consumer = null;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
