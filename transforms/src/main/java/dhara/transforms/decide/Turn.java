package dhara.transforms.decide;

import dhara.transforms.shards.WaitingBlocks;

/**
 * How far a shard of a stream has come. Times are epoch milliseconds.
 *
 * @param settled decisions about events before this time are settled
 * @param earliest time of the earliest waiting event; {@link #NEVER} if none waits
 * @param sweep when accounts are looked through for those that have expired; {@link #NEVER} if
 *     there are none
 * @param token what is in memory was made from this state if it has the same token
 */
record Turn(long settled, long earliest, long sweep, long token) {

  static final long NEVER = WaitingBlocks.NEVER;
  static final Turn NEW = new Turn(Long.MIN_VALUE, NEVER, NEVER, 0);

  Turn waiting(long newEarliest) {
    return new Turn(settled, newEarliest, sweep, token);
  }

  Turn settledUntil(long until) {
    return new Turn(Math.max(settled, until), earliest, sweep, token);
  }

  Turn sweeping(long newSweep) {
    return new Turn(settled, earliest, newSweep, token);
  }

  Turn with(long newToken) {
    return new Turn(settled, earliest, sweep, newToken);
  }
}
