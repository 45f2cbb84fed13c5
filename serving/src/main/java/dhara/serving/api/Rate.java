package dhara.serving.api;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many requests a client may make: a bucket of tokens per address, filled at a constant rate up
 * to what a burst of one second takes.
 *
 * <p>A bucket that has had time to fill up is as good as a new one, so it is dropped once there are
 * many; memory is bounded by the number of addresses that asked within the last second.
 */
final class Rate {

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Buckets beyond this number are looked through for full ones. */
  private static final int MANY = 4_096;

  private record Bucket(double tokens, long at) {}

  private final double perSecond;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();

  /**
   * @param perSecond requests per second of one address; 0 for any number
   * @param nanos a clock that never goes back
   */
  Rate(double perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
  }

  /** Takes a token of an address, if there is one. */
  boolean admits(String address) {
    if (perSecond <= 0) {
      return true;
    }
    long now = nanos.getAsLong();
    if (buckets.size() > MANY) {
      buckets.values().removeIf(bucket -> filled(bucket, now) >= burst());
    }
    Bucket after =
        buckets.compute(
            address,
            (key, bucket) -> {
              double tokens = bucket == null ? burst() : filled(bucket, now);
              // A refused request takes nothing, so waiting always helps.
              return new Bucket(tokens >= 1 ? tokens - 1 : -1 - tokens, now);
            });
    if (after.tokens >= 0) {
      return true;
    }
    buckets.computeIfPresent(
        address, (key, bucket) -> bucket == after ? new Bucket(-1 - after.tokens, now) : bucket);
    return false;
  }

  /** For how many addresses tokens are counted. */
  int addresses() {
    return buckets.size();
  }

  private double burst() {
    return Math.max(1, perSecond);
  }

  private double filled(Bucket bucket, long now) {
    double before = bucket.tokens < 0 ? -1 - bucket.tokens : bucket.tokens;
    return Math.min(burst(), before + (now - bucket.at) * perSecond / SECOND);
  }
}
