package dhara.connectors.kafka.watermark;

import java.time.Duration;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The watermark of one partition of a reference topic, in epoch milliseconds of event time: facts
 * up to it can be joined with the records read so far.
 *
 * <p>The records themselves do not move it, because their times may lie far in the past or in the
 * future, and there may be none for months. Instead, the newest fact is read first, and the end of
 * the partition after that. Once the partition is read up to that end, it has every record that was
 * written before that fact; so its watermark is the time of that fact minus the disorder. Therefore
 * everything in the topic is read before the first fact passes, an update is late only if facts
 * newer than it by more than the disorder and the lateness were in their topics before it, and a
 * silent reference does not hold facts back.
 */
public final class ReferenceWatermark implements PartitionProgress {

  private final int partition;
  private final long disorderMillis;
  private final Supplier<@Nullable Lead> leads;

  private long watermark;
  private long position = -1;

  /**
   * The progress of the facts, and the ends of the reference's partitions.
   *
   * @param newestFact event time of the newest fact, epoch milliseconds; {@link TopicTail#NONE} if
   *     there is none
   * @param tail the ends of the reference's partitions, read after that
   */
  public record Lead(long newestFact, TopicTail tail) {}

  /**
   * A watermark that continues from a restored value.
   *
   * @param previous the watermark before a restore; {@link TopicTail#NONE} for a first start
   * @param leads the newest known one, null if none is known
   */
  public ReferenceWatermark(
      int partition, Duration disorder, long previous, Supplier<@Nullable Lead> leads) {
    this.partition = partition;
    this.disorderMillis = disorder.toMillis();
    this.watermark = previous;
    this.leads = leads;
  }

  @Override
  public void event(long atMillis, long offset) {
    other(offset);
  }

  /** Whether it is an event or not does not matter: only the position counts. */
  @Override
  public void other(long offset) {
    position = offset + 1;
  }

  @Override
  public long watermark(long backlog, long countedAt) {
    Lead lead = leads.get();
    if (lead != null && caughtUp(lead.tail(), backlog, countedAt)) {
      if (lead.newestFact() != TopicTail.NONE) {
        watermark = Math.max(watermark, lead.newestFact() - disorderMillis);
      }
    }
    return watermark;
  }

  private boolean caughtUp(TopicTail tail, long backlog, long countedAt) {
    TopicTail.End end = tail.ends().get(partition);
    return (end != null && end.readable() <= position)
        || (backlog >= 0 && countedAt > tail.readAt() && tail.caughtUp(partition, backlog));
  }

  @Override
  public long known() {
    return watermark;
  }
}
