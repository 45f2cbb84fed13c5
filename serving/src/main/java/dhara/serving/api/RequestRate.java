package dhara.serving.api;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many requests a client may make: a bucket of tokens per address, filled at a constant rate up
 * to what a burst of one second takes. A refused request takes no token, so waiting always helps.
 *
 * <p>A bucket that has had time to fill up is as good as a new one, so full buckets are dropped
 * once there are many. Memory is bounded by the number of addresses that asked within the last
 * second.
 */
final class RequestRate {

  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Beyond this number of buckets, full ones are dropped. */
  private static final int MANY = 4_096;

  /**
   * The tokens of an address.
   *
   * @param tokens how many there were at {@code at}
   * @param at when that was, by the clock
   * @param admitted whether the last request took one
   */
  private record Bucket(double tokens, long at, boolean admitted) {}

  private final double perSecond;
  private final double burst;
  private final LongSupplier nanos;
  private final ConcurrentHashMap<String, Bucket> buckets = new ConcurrentHashMap<>();

  /**
   * @param perSecond requests per second of one address; 0 for any number
   * @param nanos a clock that never goes back
   */
  RequestRate(double perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.burst = Math.max(1, perSecond);
    this.nanos = nanos;
  }

  /** Takes a token of an address, if there is one. */
  boolean admits(String address) {
    if (perSecond <= 0) {
      return true;
    }
    long now = nanos.getAsLong();
    if (buckets.size() > MANY) {
      buckets.values().removeIf(bucket -> filled(bucket, now) >= burst);
    }
    return buckets.compute(
            address,
            (key, bucket) -> {
              double tokens = bucket == null ? burst : filled(bucket, now);
              return tokens >= 1
                  ? new Bucket(tokens - 1, now, true)
                  : new Bucket(tokens, now, false);
            })
        .admitted;
  }

  /** For how many addresses tokens are counted. */
  int addresses() {
    return buckets.size();
  }

  private double filled(Bucket bucket, long now) {
    return Math.min(burst, bucket.tokens + (now - bucket.at) * perSecond / SECOND);
  }
}
