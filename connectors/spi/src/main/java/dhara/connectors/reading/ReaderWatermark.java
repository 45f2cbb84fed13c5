package dhara.connectors.reading;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The watermark of one of the readers that share a subscription, in epoch milliseconds of event
 * time: it trails the newest event that it has read by the disorder, never falls, and never comes
 * from the wall clock.
 *
 * <p>A reader that is given no messages for a while must not hold the others back: it follows the
 * newest event of any reader in its process, and no further. A subscription has no end that could
 * be asked for, as a topic of Kafka has.
 */
final class ReaderWatermark {

  /** Before any event. */
  static final long NONE = Long.MIN_VALUE;

  private final long disorderMillis;
  private final long idleAfterMillis;
  private final LongSupplier wallClock;
  private final AtomicLong newestHere;

  private long watermark;
  private long heardAt;

  /**
   * A watermark that starts where it was.
   *
   * @param newestHere the newest event of all readers in this process, {@link #NONE} before any
   * @param previous the watermark before a restore, {@link #NONE} for a first start
   * @param heardAt when the reader was last given a message, epoch milliseconds of wall clock
   */
  ReaderWatermark(
      Duration disorder,
      Duration idleAfter,
      LongSupplier wallClock,
      AtomicLong newestHere,
      long previous,
      long heardAt) {
    this.disorderMillis = disorder.toMillis();
    this.idleAfterMillis = idleAfter.toMillis();
    this.wallClock = wallClock;
    this.newestHere = newestHere;
    this.watermark = previous;
    this.heardAt = heardAt;
  }

  /** An event was read. */
  void event(long atMillis) {
    heard();
    newestHere.accumulateAndGet(atMillis, Math::max);
    follow(atMillis);
  }

  /** A message was read that is no event: the reader is not idle, but no time has passed. */
  void heard() {
    heardAt = wallClock.getAsLong();
  }

  /** There was nothing to be read. */
  void nothing() {
    if (wallClock.getAsLong() - heardAt >= idleAfterMillis) {
      follow(newestHere.get());
    }
  }

  /** The watermark: nothing downstream has a later one. */
  long known() {
    return watermark;
  }

  /** When the reader was last given a message. */
  long heardAt() {
    return heardAt;
  }

  private void follow(long newest) {
    if (newest != NONE) {
      watermark = Math.max(watermark, newest - disorderMillis);
    }
  }
}
