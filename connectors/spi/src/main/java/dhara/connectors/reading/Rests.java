package dhara.connectors.reading;

/**
 * When a source rests. Flink's runner ends bundles by time, and passes the watermark on a moment
 * later if no other bundle has begun; in a source that always has another element, this never
 * happens. So a source that was not silent for a while pretends to be.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}. It belongs to one thread.
 */
final class Rests {

  /** A source that lags behind rests this many times less often, since a rest costs it time. */
  private static final int LESS_OFTEN = 10;

  private final long every;
  private final long length;
  private long since;
  private long silentSince;
  private boolean silent;
  private boolean lags = true;

  /**
   * Starts.
   *
   * @param every the time between rests; 0 for none
   * @param length how long a rest is
   */
  Rests(long every, long length, long now) {
    this.every = every;
    this.length = length;
    this.since = now;
  }

  /** Whether the source gives no element now. */
  boolean rests(long now) {
    if (every == 0) {
      return false;
    }
    if (silent && now - silentSince >= length) {
      silent = false;
      since = now;
      lags = true;
    }
    return now - since >= (lags ? LESS_OFTEN * every : every);
  }

  /** The source has given no element, because it rests or has none. */
  void silent(long now) {
    if (!silent) {
      silent = true;
      silentSince = now;
    }
  }

  /**
   * The source has given an element.
   *
   * @param full whether it had more at once than it could give
   */
  void gave(boolean full) {
    silent = false;
    lags &= full;
  }
}
