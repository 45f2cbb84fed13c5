package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.kafka.watermark.PartitionProgress;
import dhara.connectors.kafka.watermark.PartitionWatermark;
import dhara.connectors.kafka.watermark.TopicTail;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.Refreshed;
import dhara.events.Event;
import dhara.transforms.windows.Lateness;
import java.time.Duration;
import java.util.Optional;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.kafka.common.TopicPartition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Stamps records with their event time and keeps the {@link PartitionWatermark} of each partition.
 * It is the first to see the complete record: it decides whether it is an event before its time is
 * used, and whether it is late before it moves the watermark. Only the order within the partition
 * decides, so reading the same log again finds the same events late.
 */
final class EventTimePolicy<T extends Record & Event>
    implements TimestampPolicyFactory<Void, Arrival<T>> {

  private static final long serialVersionUID = 1L;

  private final KafkaConsumers consumers;
  private final Decoding<T> decoding;
  private final Duration disorder;
  private final Duration idleAfter;
  private final @Nullable Duration clockLag;
  private final Lateness lateness;
  private transient @Nullable Refreshed<TopicTail> tails;

  EventTimePolicy(
      KafkaConsumers consumers,
      Decoding<T> decoding,
      Duration disorder,
      Duration idleAfter,
      @Nullable Duration clockLag,
      Lateness lateness) {
    this.consumers = consumers;
    this.decoding = decoding;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
    this.clockLag = clockLag;
    this.lateness = lateness;
  }

  @Override
  public TimestampPolicy<Void, Arrival<T>> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previousWatermark) {
    return new Stamps<>(
        false,
        decoding,
        lateness,
        new PartitionWatermark(
            partition.partition(),
            disorder,
            idleAfter,
            millis(previousWatermark),
            System::currentTimeMillis,
            tails()));
  }

  /** One reader of tails, shared by all partitions of this worker. */
  private synchronized Refreshed<TopicTail> tails() {
    if (tails == null) {
      tails =
          new Refreshed<>(
              "tail of " + consumers.address().source(),
              () -> new TailReader<>(consumers, decoding, clockLag),
              idleAfter);
    }
    return tails;
  }

  /** The watermark before a restore; {@link TopicTail#NONE} for a first start. */
  static long millis(Optional<Instant> previousWatermark) {
    return previousWatermark
        .filter(BoundedWindow.TIMESTAMP_MIN_VALUE::isBefore)
        .map(Instant::getMillis)
        .orElse(TopicTail.NONE);
  }

  /** Stamps the records of a partition. */
  static final class Stamps<K, T extends Record & Event> extends TimestampPolicy<K, Arrival<T>> {

    private final boolean removals;
    private final Decoding<T> decoding;
    private final Lateness lateness;
    private final PartitionProgress progress;

    /**
     * Stamps a partition's records.
     *
     * @param removals whether a tombstone removes its key at the time of its record; else it is no
     *     event
     */
    Stamps(boolean removals, Decoding<T> decoding, Lateness lateness, PartitionProgress progress) {
      this.removals = removals;
      this.decoding = decoding;
      this.lateness = lateness;
      this.progress = progress;
    }

    @Override
    public Instant getTimestampForRecord(
        PartitionContext context, KafkaRecord<K, Arrival<T>> record) {
      Arrival<T> arrival = record.getKV().getValue();
      arrival.settle(decoding, record.getTimestamp());
      T event = arrival.event();
      if (event == null && !(removals && arrival.tombstone())) {
        progress.other(record.getOffset());
        return getWatermark(context);
      }
      long atMillis = event == null ? record.getTimestamp() : event.at().toEpochMilli();
      if (lateness.late(atMillis, progress.known())) {
        arrival.behind(progress.known());
      }
      progress.event(atMillis, record.getOffset());
      return Instant.ofEpochMilli(atMillis);
    }

    @Override
    public Instant getWatermark(PartitionContext context) {
      long millis =
          progress.watermark(
              context.getMessageBacklog(), context.getBacklogCheckTime().getMillis());
      return millis == TopicTail.NONE
          ? BoundedWindow.TIMESTAMP_MIN_VALUE
          : Instant.ofEpochMilli(millis);
    }
  }
}
