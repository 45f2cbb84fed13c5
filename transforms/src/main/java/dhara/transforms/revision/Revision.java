package dhara.transforms.revision;

import java.time.Instant;

/**
 * The revision of an answer; of the answers of one key and window, the one with the highest
 * revision counts. A revision is an epoch and a count of answers within it.
 *
 * <p>Stores compare it as one number, a thousand times the epoch plus the count. The number has
 * sixteen digits, which a JSON number holds exactly until the year 2255: {@code 1785240000123007}
 * is the answer 7 of the epoch that began at 1785240000123 ms since 1970. Read as epoch
 * microseconds it is about the time of the answer. A count of a thousand or more carries into the
 * milliseconds: revisions still rise with the count, and are ahead of the epoch by a millisecond
 * for each thousand answers of that key and window.
 *
 * @param epochMillis the start of the epoch, in epoch milliseconds; see {@link Epoch}
 * @param count how many answers of the key and window came before
 */
public record Revision(long epochMillis, long count) {

  /** How many answers of a key and window an epoch has before it runs into the next millisecond. */
  public static final long COUNTS = 1_000;

  /** Refuses negative epochs and counts. */
  public Revision {
    if (epochMillis < 0 || count < 0) {
      throw new IllegalArgumentException(
          "an epoch and a count are at least 0, but are %d and %d".formatted(epochMillis, count));
    }
  }

  /** The first revision of an epoch that begins at a moment. */
  public static Revision at(Instant moment) {
    return new Revision(moment.toEpochMilli(), 0);
  }

  /** The number that stores compare. */
  public long number() {
    return epochMillis * COUNTS + count;
  }
}
