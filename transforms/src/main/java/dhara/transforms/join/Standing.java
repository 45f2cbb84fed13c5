package dhara.transforms.join;

import org.apache.datasketches.hash.MurmurHash3;

/**
 * Where a shard of the stream stands. Times are epoch milliseconds.
 *
 * @param token of all versions that were put into the state and swept from it
 * @param bytes size of the versions
 * @param least what they took when they were swept last
 * @param forgotten what a fact before this asks for may be forgotten
 * @param forget when they are swept next
 * @param earliest time of the earliest fact that waits
 */
record Standing(long token, long bytes, long least, long forgotten, long forget, long earliest) {

  static final long NEVER = Long.MAX_VALUE;
  static final Standing NEW = new Standing(0, 0, 0, Long.MIN_VALUE, NEVER, NEVER);

  /** With more versions. */
  Standing with(byte[] versions, long newForget) {
    long newToken = MurmurHash3.hash(versions, token)[0];
    return new Standing(newToken, bytes + versions.length, least, forgotten, newForget, earliest);
  }

  /** With so much left of the versions, when those that hold before a moment were swept. */
  Standing swept(long left, long newForgotten) {
    long newToken = MurmurHash3.hash(newForgotten, token)[0];
    return new Standing(newToken, left, left, newForgotten, NEVER, earliest);
  }

  /** With another fact that waits longest. */
  Standing waiting(long newEarliest) {
    return new Standing(token, bytes, least, forgotten, forget, newEarliest);
  }
}
