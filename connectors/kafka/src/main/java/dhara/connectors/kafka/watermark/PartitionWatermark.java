package dhara.connectors.kafka.watermark;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The watermark of one partition, in epoch milliseconds of event time: it trails the newest event
 * by the disorder, never goes back, and never comes from the wall clock, so last year's events read
 * today are on time just as they were last year.
 *
 * <p>A partition that is idle (nothing left to read, and silent for a while of wall clock) must not
 * hold the others back: it follows the {@link TopicTail tail of its topic}, which is the newest
 * event in any of its partitions, wherever they are read. It goes no further: while the whole topic
 * is silent the watermark does not advance, so a replay that pauses for an hour continues where it
 * was.
 *
 * <p>Records that were in the log when the tail was read are never late because of that tail: the
 * partition counts as caught up only if its backlog was counted after the tail was read.
 */
public final class PartitionWatermark implements PartitionProgress {

  private final long disorderMillis;
  private final long idleAfterMillis;
  private final int partition;
  private final LongSupplier wallClock;
  private final Supplier<@Nullable TopicTail> tails;

  private long watermark;
  private long heardAt;

  /**
   * A watermark that continues from a restored value.
   *
   * @param previous the watermark before a restore; {@link TopicTail#NONE} for a first start
   * @param wallClock epoch milliseconds; measures silence and nothing else
   * @param tails the newest known tail of the topic, null if none is known; called only when silent
   */
  public PartitionWatermark(
      int partition,
      Duration disorder,
      Duration idleAfter,
      long previous,
      LongSupplier wallClock,
      Supplier<@Nullable TopicTail> tails) {
    this.partition = partition;
    this.disorderMillis = disorder.toMillis();
    this.idleAfterMillis = idleAfter.toMillis();
    this.wallClock = wallClock;
    this.tails = tails;
    this.watermark = previous;
    this.heardAt = wallClock.getAsLong();
  }

  @Override
  public void event(long atMillis, long offset) {
    heardAt = wallClock.getAsLong();
    follow(atMillis);
  }

  /** The partition is not silent, but event time does not advance. */
  @Override
  public void other(long offset) {
    heardAt = wallClock.getAsLong();
  }

  @Override
  public long watermark(long backlog, long countedAt) {
    if (backlog >= 0 && wallClock.getAsLong() - heardAt >= idleAfterMillis) {
      TopicTail tail = tails.get();
      if (tail != null && countedAt > tail.readAt() && tail.caughtUp(partition, backlog)) {
        follow(tail.newest());
      }
    }
    return watermark;
  }

  @Override
  public long known() {
    return watermark;
  }

  private void follow(long newest) {
    if (newest != TopicTail.NONE) {
      watermark = Math.max(watermark, newest - disorderMillis);
    }
  }
}
