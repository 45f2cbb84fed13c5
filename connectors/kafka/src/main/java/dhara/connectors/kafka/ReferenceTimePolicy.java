package dhara.connectors.kafka;

import dhara.connectors.Decoding;
import dhara.connectors.kafka.watermark.ReferenceWatermark;
import dhara.connectors.kafka.watermark.ReferenceWatermark.Lead;
import dhara.connectors.kafka.watermark.TopicTail;
import dhara.connectors.reading.Arrival;
import dhara.connectors.reading.Refreshed;
import dhara.events.Event;
import dhara.transforms.windows.Lateness;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.kafka.common.TopicPartition;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Stamps the records of a reference topic with their event time, keeps the {@link
 * ReferenceWatermark} of each partition, and decides which records are late by it.
 */
final class ReferenceTimePolicy<T extends Record & Event>
    implements TimestampPolicyFactory<String, Arrival<T>> {

  private static final long serialVersionUID = 1L;

  /** How often the progress of the facts is read: their answers wait at most this long. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final KafkaConsumers consumers;
  private final Decoding<T> decoding;
  private final List<KafkaFacts> facts;
  private final Duration disorder;
  private final Lateness lateness;
  private transient @Nullable Refreshed<Lead> leads;

  /**
   * A topic of facts.
   *
   * @param decoding how to read their times
   * @param clockLag the age of the event that it is taken to have got while it is silent; null for
   *     none
   */
  record KafkaFacts(KafkaConsumers consumers, Decoding<?> decoding, @Nullable Duration clockLag)
      implements java.io.Serializable {

    TailReader<?> tail() {
      return new TailReader<>(consumers, decoding, clockLag);
    }
  }

  ReferenceTimePolicy(
      KafkaConsumers consumers,
      Decoding<T> decoding,
      List<KafkaFacts> facts,
      Duration disorder,
      Lateness lateness) {
    this.consumers = consumers;
    this.decoding = decoding;
    this.facts = List.copyOf(facts);
    this.disorder = disorder;
    this.lateness = lateness;
  }

  @Override
  public TimestampPolicy<String, Arrival<T>> createTimestampPolicy(
      TopicPartition partition, Optional<Instant> previousWatermark) {
    return new EventTimePolicy.Stamps<>(
        true,
        decoding,
        lateness,
        new ReferenceWatermark(
            partition.partition(), disorder, EventTimePolicy.millis(previousWatermark), leads()));
  }

  /** The progress of the facts, shared by all partitions of this worker. */
  private synchronized Refreshed<Lead> leads() {
    if (leads == null) {
      leads =
          new Refreshed<>(
              "tail of the facts of " + consumers.address().source(),
              () ->
                  new LeadReader(
                      facts.stream().<TailReader<?>>map(KafkaFacts::tail).toList(),
                      new TailReader<>(consumers, decoding, null)),
              EVERY);
    }
    return leads;
  }

  /**
   * Reads the facts first: then every reference record written before the newest fact is below the
   * ends read afterwards.
   */
  private record LeadReader(List<TailReader<?>> facts, TailReader<?> own)
      implements Refreshed.LookUp<Lead> {

    @Override
    public Lead now() {
      long newest = TopicTail.NONE;
      for (TailReader<?> topic : facts) {
        newest = Math.max(newest, topic.now().newest());
      }
      return new Lead(newest, own.now());
    }

    @Override
    public void close() {
      facts.forEach(TailReader::close);
      own.close();
    }
  }
}
