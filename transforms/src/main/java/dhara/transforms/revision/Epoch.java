package dhara.transforms.revision;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The epoch of a shard: a time in milliseconds since 1970 that only rises, although workers fail,
 * go on from a checkpoint, and have clocks that differ.
 *
 * <p>The state of the shard keeps it. Counts of answers are state too, so a stream that goes on
 * from a checkpoint counts again what it has counted since, and may give fewer answers for the same
 * events, because these come at once now. Its last answer could have a lower count than one that it
 * gave before it failed. So whoever takes a shard over begins a new epoch:
 *
 * <ul>
 *   <li>It is the time on the clock, as a rule.
 *   <li>If the clock is behind what the state keeps, because it was set back or because another
 *       worker's is ahead, it is {@link #LEAP} later than that. So the state's epoch is left behind
 *       by a hundred thousand answers of one key and window.
 *   <li>A second worker may take over from the same checkpoint, after the first one failed too. Its
 *       epoch must be later than that of the first, which no state knows of. The clock knows that
 *       time has passed, although it is behind: each second on it makes the epoch a millisecond
 *       later, if it is at most {@link #REACH} behind.
 * </ul>
 *
 * <p>Whoever goes on with a shard begins a new epoch now and then, so that a stream's answers
 * replace those of a backfill that was started meanwhile. The state keeps the new one for a minute
 * before it is used: a checkpoint is to hold it by then. Else one who takes over with a clock that
 * is behind would not know how far the epochs had come.
 *
 * <p>So epochs rise if the clocks of workers are set back or differ, however much, and the epoch of
 * the last one who took over is in a checkpoint, and one is completed each minute. Until then they
 * rise if clocks differ by less than the time that it takes to go on.
 *
 * <p>An epoch is never later than the clock of whoever wrote it, but for the time that another
 * clock was ahead, and a fifth of a second for each time that a shard was taken over within that
 * fifth; a shard that is handed to and fro more often than each millisecond also runs ahead.
 */
public final class Epoch {

  /** How much later the epoch of one who takes over is at least, in milliseconds. */
  static final long LEAP = 100;

  /** How far a clock may be behind, in milliseconds, to tell who took over later. */
  static final long REACH = 100_000;

  /** How many milliseconds on a clock that is behind make an epoch a millisecond later. */
  private static final long SLOWER = 1_000;

  /** How long a state keeps an epoch before it is used, in milliseconds. */
  static final long KEPT = 60_000;

  private Epoch() {}

  /**
   * The epoch of one who takes a shard over.
   *
   * @param kept what the state keeps; null if it keeps nothing
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
