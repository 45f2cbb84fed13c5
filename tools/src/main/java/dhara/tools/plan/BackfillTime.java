package dhara.tools.plan;

/**
 * How long the same past takes, by a batch and by a replay through a stream.
 *
 * <p>Time is events divided by throughput. A batch on {@code n} cores has the throughput {@code n ·
 * perCore}. A replay through the stream has what its capacity {@code K = n · perCore of the stream}
 * leaves beside the live events. With the catch-up factor {@code f = K / rate}, a past of length
 * {@code p} at the same rate takes
 *
 * <pre>
 *   batch                    p · rate / (n · perCore)
 *   replay, no live events   p · rate / K           = p / f
 *   replay beside live ones  p · rate / (K − rate)  = p / (f − 1), never if f ≤ 1
 * </pre>
 *
 * @param events in the past
 * @param factor the catch-up factor
 * @param batchSeconds of a batch on as many cores
 * @param replaySeconds of a replay through a stream of its own
 * @param besideLiveSeconds of a replay through the stream that reads the live events too; infinite
 *     if it never catches up
 */
record BackfillTime(
    double events,
    double factor,
    double batchSeconds,
    double replaySeconds,
    double besideLiveSeconds) {

  /**
   * The times.
   *
   * @param rate events a second, now and in the past
   * @param pastSeconds the length of the past
   * @param cores of the batch and of the stream
   * @param batchPerCore events a second and core of a batch
   * @param streamPerCore events a second and core of a stream
   */
  static BackfillTime of(
      double rate, double pastSeconds, long cores, double batchPerCore, double streamPerCore) {
    double events = rate * pastSeconds;
    double capacity = cores * streamPerCore;
    return new BackfillTime(
        events,
        capacity / rate,
        events / (cores * batchPerCore),
        events / capacity,
        capacity > rate ? events / (capacity - rate) : Double.POSITIVE_INFINITY);
  }
}
