package dhara.connectors.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The watermark of one partition of a reference topic, in epoch milliseconds of event time: how far
 * the facts can be joined with what was read of it.
 *
 * <p>It is not moved by the records themselves, which may hold from long ago or from a time to
 * come, and of which there may be none for months. When the partition has been read up to where it
 * ended after the facts were looked at, it has all that was written before the newest of those
 * facts; so it stands where theirs does, behind it by the disorder. So all that is in the topic is
 * there before the first fact passes, an update is late only when facts newer than it by more than
 * the disorder and the lateness were in their topics before it, and a silent reference holds nobody
 * back.
 */
final class ReferenceWatermark {

  private final int partition;
  private final long disorderMillis;
  private final Supplier<@Nullable Lead> leads;

  private long watermark;
  private long position = -1;

  /**
   * The facts and the partitions, seen one after the other.
   *
   * @param newestFact event time of the newest fact, epoch milliseconds; {@link TopicTail#NONE}
   *     where there is none
   * @param tail the ends of the reference's partitions, asked for after that
   */
  record Lead(long newestFact, TopicTail tail) {}

  /**
   * A watermark that starts where it was.
   *
   * @param previous the watermark before a restore; {@link TopicTail#NONE} for a first start
   * @param leads the newest known one, null while none is
   */
  ReferenceWatermark(
      int partition, Duration disorder, long previous, Supplier<@Nullable Lead> leads) {
    this.partition = partition;
    this.disorderMillis = disorder.toMillis();
    this.watermark = previous;
    this.leads = leads;
  }

  /** A record was read, be it an event or not. */
  void read(long offset) {
    position = offset + 1;
  }

  /**
   * The watermark now.
   *
   * @param backlog how many offsets are left to read; negative if that is unknown
   * @param countedAt when the backlog was counted, epoch milliseconds of wall clock
   */
  long watermark(long backlog, long countedAt) {
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

  /** The watermark as it was last known: nothing downstream has a later one. */
  long known() {
    return watermark;
  }
}
