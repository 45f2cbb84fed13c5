package dhara.transforms.revision;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The epoch of a shard: a time in epoch milliseconds that only rises, even if workers fail, restore
 * from a checkpoint, and have different clocks.
 *
 * <p>It is kept in the state of the shard. Counts of answers are state too, so a restored stream
 * counts again from its checkpoint. It may give fewer answers for the same events, because they
 * arrive all at once now, so its last answer could have a lower count than one before the failure.
 * Therefore a worker that takes over a shard begins a new epoch:
 *
 * <ul>
 *   <li>Usually it is the time on the clock.
 *   <li>If the clock is behind the epoch in the state, because it was set back or because another
 *       worker's clock is ahead, the new epoch is {@link #LEAP} later than that. This leaves room
 *       for a hundred thousand answers of one key and window.
 *   <li>A second worker may take over from the same checkpoint, after the first one failed too. Its
 *       epoch must be later than that of the first, which is in no state. Even a clock that is
 *       behind shows that time has passed: each second on it makes the epoch a millisecond later,
 *       if the clock is at most {@link #REACH} behind.
 * </ul>
 *
 * <p>A running worker begins a new epoch from time to time, so that a stream's answers replace
 * those of a backfill that was started meanwhile. The new epoch is in the state for a minute before
 * it is used, so that a checkpoint contains it by then. Otherwise a worker that takes over with a
 * clock that is behind would not know how far the epochs had advanced.
 *
 * <p>So epochs rise however much the clocks of workers are set back or differ, if the epoch of the
 * last takeover is in a checkpoint, and a checkpoint is completed each minute. Until then they rise
 * if clocks differ by less than the time of a restart.
 *
 * <p>An epoch is never later than the clock of its worker, except for the time by which another
 * clock was ahead, and a fifth of a second for each takeover of a shard within that fifth. A shard
 * that moves back and forth more often than once per millisecond also runs ahead.
 */
public final class Epoch {

  /** How much later the epoch after a takeover is at least, in milliseconds. */
  static final long LEAP = 100;

  /** How far a clock may be behind, in milliseconds, to order takeovers by it. */
  static final long REACH = 100_000;

  /** How many milliseconds on a clock that is behind add a millisecond to an epoch. */
  private static final long SLOWER = 1_000;

  /** How long an epoch is in the state before it is used, in milliseconds. */
  static final long KEPT = 60_000;

  private Epoch() {}

  /**
   * The epoch of a worker that takes over a shard.
   *
   * @param kept the epoch in the state; null if there is none
   * @param clock the time on the clock
   */
  static long taken(@Nullable Long kept, long clock) {
    if (kept == null) {
      return clock;
    }
    long passed = Math.max(0, clock - kept + REACH) / SLOWER;
    return Math.max(clock, kept + LEAP + passed);
  }
}
