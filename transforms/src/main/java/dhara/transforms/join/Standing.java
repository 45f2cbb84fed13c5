package dhara.transforms.join;

import org.apache.datasketches.hash.MurmurHash3;

/**
 * The progress of a shard of the stream. Times are epoch milliseconds.
 *
 * @param token identifies the versions in the state
 * @param bytes size of the versions
 * @param least their size after the last sweep
 * @param forgotten versions that a fact before this time needs may be dropped
 * @param forget the time of the next sweep
 * @param earliest time of the earliest waiting fact
 */
record Standing(long token, long bytes, long least, long forgotten, long forget, long earliest) {

  static final long NEVER = Long.MAX_VALUE;
  static final Standing NEW = new Standing(0, 0, 0, Long.MIN_VALUE, NEVER, NEVER);

  /** With more versions. */
  Standing with(byte[] versions, long newForget) {
    long newToken = MurmurHash3.hash(versions, token)[0];
    return new Standing(newToken, bytes + versions.length, least, forgotten, newForget, earliest);
  }

  /** With this size left, after a sweep of the versions before a moment. */
  Standing swept(long left, long newForgotten) {
    long newToken = MurmurHash3.hash(newForgotten, token)[0];
    return new Standing(newToken, left, left, newForgotten, NEVER, earliest);
  }

  /** With another earliest waiting fact. */
  Standing waiting(long newEarliest) {
    return new Standing(token, bytes, least, forgotten, forget, newEarliest);
  }
}
