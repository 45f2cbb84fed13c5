package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.TimeBounds;
import dhara.connectors.reading.Arrival;
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
  private final Lateness lateness;
  private transient @Nullable TopicTails<T> tails;

  EventTimePolicy(
      KafkaConsumers consumers,
      Decoding<T> decoding,
      Duration disorder,
      Duration idleAfter,
      Lateness lateness) {
    this.consumers = consumers;
    this.decoding = decoding;
    this.disorder = disorder;
    this.idleAfter = idleAfter;
    this.lateness = lateness;
  }

  @Override
  public TimestampPolicy<Void, Arrival<T>> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previousWatermark) {
    long previous =
        previousWatermark
            .filter(BoundedWindow.TIMESTAMP_MIN_VALUE::isBefore)
            .map(Instant::getMillis)
            .orElse(TopicTail.NONE);
    return new Policy<>(
        decoding.bounds(),
        lateness,
        new PartitionWatermark(
            partition.partition(),
            disorder,
            idleAfter,
            previous,
            System::currentTimeMillis,
            tails()));
  }

  /** One reader of tails, shared by all partitions of this worker. */
  private synchronized TopicTails<T> tails() {
    if (tails == null) {
      tails = new TopicTails<>(consumers, decoding, idleAfter);
    }
    return tails;
  }

  private static final class Policy<T extends Record & Event>
      extends TimestampPolicy<Void, Arrival<T>> {

    private final TimeBounds bounds;
    private final Lateness lateness;
    private final PartitionWatermark watermark;

    Policy(TimeBounds bounds, Lateness lateness, PartitionWatermark watermark) {
      this.bounds = bounds;
      this.lateness = lateness;
      this.watermark = watermark;
    }

    @Override
    public Instant getTimestampForRecord(
        PartitionContext context, KafkaRecord<Void, Arrival<T>> record) {
      Arrival<T> arrival = record.getKV().getValue();
      arrival.settle(bounds, record.getTimestamp());
      T event = arrival.event();
      if (event == null) {
        watermark.heard();
        return getWatermark(context);
      }
      long atMillis = event.at().toEpochMilli();
      if (lateness.late(atMillis, watermark.known())) {
        arrival.behind(watermark.known());
      }
      watermark.event(atMillis);
      return Instant.ofEpochMilli(atMillis);
    }

    @Override
    public Instant getWatermark(PartitionContext context) {
      long millis =
          watermark.watermark(
              context.getMessageBacklog(), context.getBacklogCheckTime().getMillis());
      return millis == TopicTail.NONE
          ? BoundedWindow.TIMESTAMP_MIN_VALUE
          : Instant.ofEpochMilli(millis);
    }
  }
}
