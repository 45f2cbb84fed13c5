package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.kafka.watermark.TopicTail;
import dhara.connectors.reading.ArrivalReader;
import dhara.connectors.reading.Refreshed;
import dhara.events.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Reads the tail of a topic when a silent partition needs it, with one consumer until closed. */
final class TailReader<T extends Record & Event> implements Refreshed.LookUp<TopicTail> {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * How many offsets before the end the last record is searched for: first a few; then more, if a
   * partition ends in so many transaction markers or compacted records that none was found.
   */
  private static final long[] DEPTHS = {10, 10_000};

  private final KafkaConsumers consumers;
  private final Decoding<T> decoding;
  private final @Nullable Duration clockLag;
  private @Nullable KafkaConsumer<byte[], byte[]> opened;

  /**
   * @param clockLag the newest event is taken to be no older than this, by the wall clock; null if
   *     only events count
   */
  TailReader(KafkaConsumers consumers, Decoding<T> decoding, @Nullable Duration clockLag) {
    this.consumers = consumers;
    this.decoding = decoding;
    this.clockLag = clockLag;
  }

  @Override
  public TopicTail now() {
    KafkaConsumer<byte[], byte[]> consumer = consumer();
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(consumers.address().topic())
        .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    long readAt = System.currentTimeMillis();

    Map<TopicPartition, Long> readable = new HashMap<>(beginnings);
    Set<TopicPartition> open = new HashSet<>(partitions);
    long newest = clockLag == null ? TopicTail.NONE : readAt - clockLag.toMillis();
    for (long depth : DEPTHS) {
      open.removeIf(partition -> readable.get(partition) >= ends.get(partition));
      for (TopicPartition partition : open) {
        readable.put(partition, Math.max(beginnings.get(partition), ends.get(partition) - depth));
      }
      newest = Math.max(newest, readToEnds(consumer, open, readable, ends));
    }
    Map<Integer, TopicTail.End> all = new HashMap<>();
    partitions.forEach(
        p -> all.put(p.partition(), new TopicTail.End(readable.get(p), ends.get(p))));
    return new TopicTail(readAt, newest, all);
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    if (opened == null) {
      opened = consumers.open(consumers.settings(PATIENCE));
    }
    return opened;
  }

  /**
   * Reads from {@code readable} to {@code ends}, and moves {@code readable} behind the last record.
   * Partitions in which a record was found are removed from the open ones.
   *
   * @return the newest event time
   */
  private long readToEnds(
      KafkaConsumer<byte[], byte[]> consumer,
      Set<TopicPartition> open,
      Map<TopicPartition, Long> readable,
      Map<TopicPartition, Long> ends) {
    ArrivalReader<T> reader = new ArrivalReader<>(decoding);
    long newest = TopicTail.NONE;
    consumer.assign(open);
    open.forEach(partition -> consumer.seek(partition, readable.get(partition)));
    Set<TopicPartition> unfinished = new HashSet<>(open);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!unfinished.isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        throw new TimeoutException("no end of " + unfinished + " within " + PATIENCE);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        readable.put(partition, record.offset() + 1);
        open.remove(partition);
        T event = reader.read(record.value(), record.timestamp()).event();
        if (event != null) {
          newest = Math.max(newest, event.at().toEpochMilli());
        }
      }
      unfinished.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
    }
    return newest;
  }
}
