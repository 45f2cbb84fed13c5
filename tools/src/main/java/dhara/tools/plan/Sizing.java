package dhara.tools.plan;

/**
 * How large a stream must be.
 *
 * <p>A stream runs well below its limit, and after an outage it must catch up while events keep
 * coming. In an outage of {@code o} seconds {@code rate · o} events wait; with a capacity {@code K}
 * they are worked off in {@code rate · o / (K − rate)} seconds, so to catch up in {@code c} seconds
 * it takes {@code K = rate · (1 + o / c)}. Hence
 *
 * <pre>
 *   capacity    = max(rate / utilisation, rate · (1 + outage / catch-up))
 *   parallelism = ⌈capacity / events a core of the stream⌉
 *   partitions  = the least multiple of the parallelism with rate · bytes / partitions ≤ bytes a partition
 *   machines    = ⌈parallelism / cores a machine⌉
 * </pre>
 *
 * @param capacity events a second that it must be able to work off
 * @param parallelism workers, each on a core of its own
 * @param partitions of the topics that it reads
 * @param machines that hold the workers
 */
record Sizing(double capacity, long parallelism, long partitions, long machines) {

  /** Keeps a quotient that is whole, but for rounding, from being rounded up. */
  private static final double ROUNDING = 1e-9;

  /**
   * What is asked of a stream.
   *
   * @param perCore events a second and core of the stream
   * @param utilisation the part of the capacity that is used at the given rate, above 0, at most 1
   * @param outageSeconds how long an outage may be
   * @param catchUpSeconds how long catching up may take after it, above 0
   * @param bytesPerEvent of an event in the topic
   * @param partitionBytes what a partition should carry in a second
   * @param machineCores cores of a machine
   */
  record Asked(
      double perCore,
      double utilisation,
      double outageSeconds,
      double catchUpSeconds,
      double bytesPerEvent,
      double partitionBytes,
      int machineCores) {

    /** The size for a rate of events a second, above 0. */
    Sizing at(double rate) {
      double capacity = Math.max(rate / utilisation, rate * (1 + outageSeconds / catchUpSeconds));
      long parallelism = Math.max(1, up(capacity / perCore));
      long inputs = Math.max(1, up(rate * bytesPerEvent / partitionBytes));
      long partitions = parallelism * up((double) inputs / parallelism);
      return new Sizing(capacity, parallelism, partitions, up((double) parallelism / machineCores));
    }
  }

  private static long up(double quotient) {
    return (long) Math.ceil(quotient - ROUNDING);
  }
}
