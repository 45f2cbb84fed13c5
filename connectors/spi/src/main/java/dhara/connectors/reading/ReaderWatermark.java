package dhara.connectors.reading;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The watermark of one of the readers that share a subscription, in epoch milliseconds of event
 * time: it trails the newest event that it has read by the disorder, never goes back, and never
 * comes from the wall clock.
 *
 * <p>A reader without messages for a while must not hold the others back: it follows the newest
 * event of any reader in its process, and no further. Unlike a Kafka topic, a subscription has no
 * end offset that could be queried.
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
   * A watermark that continues from a restored value.
   *
   * @param newestHere the newest event of all readers in this process, {@link #NONE} before any
   * @param previous the watermark before a restore, {@link #NONE} for a first start
   * @param heardAt when the reader last got a message, epoch milliseconds of wall clock
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

  /**
   * A message was read that is not an event: the reader is not idle, but event time does not
   * advance.
   */
  void heard() {
    heardAt = wallClock.getAsLong();
  }

  /** No message was available. */
  void nothing() {
    if (wallClock.getAsLong() - heardAt >= idleAfterMillis) {
      follow(newestHere.get());
    }
  }

  /** The watermark that was last reported downstream. */
  long known() {
    return watermark;
  }

  /** When the reader last got a message. */
  long heardAt() {
    return heardAt;
  }

  private void follow(long newest) {
    if (newest != NONE) {
      watermark = Math.max(watermark, newest - disorderMillis);
    }
  }
}
