package dhara.tools.calibrate;

/**
 * Backfills whose processor time counts, in pairs: the first quarter of a sample, and all of it. An
 * event costs the difference between the two, so that the start of a run cancels. Of a quick
 * analysis a pair differs by half a second, of which the collector or the compiler of the JVM can
 * be a half, so pairs are added up until they tell something.
 *
 * @param rounds how many pairs
 * @param events of all of the sample
 * @param more how many events it has beyond the first quarter
 * @param deadLettered of all of the sample
 * @param moreCpuSeconds processor time beyond that of the first quarter, of all rounds together
 * @param cpuSeconds processor time of all of the sample, of all rounds together
 * @param wallSeconds the time that took
 */
record TimedPairs(
    int rounds,
    long events,
    long more,
    long deadLettered,
    double moreCpuSeconds,
    double cpuSeconds,
    double wallSeconds) {

  /** Before the first pair. */
  static final TimedPairs NONE = new TimedPairs(0, 0, 0, 0, 0, 0, 0);

  /** Below this difference of processor time the noise of the runs is as large. */
  private static final double LEAST_CPU_SECONDS = 0.5;

  private static final double ENOUGH_CPU_SECONDS = 5;
  private static final int MOST_ROUNDS = 5;

  /** The same with another pair. */
  TimedPairs with(TrialRun first, TrialRun whole) {
    return new TimedPairs(
        rounds + 1,
        whole.events(),
        whole.events() - first.events(),
        whole.deadLettered(),
        moreCpuSeconds + whole.cpuSeconds() - first.cpuSeconds(),
        cpuSeconds + whole.cpuSeconds(),
        wallSeconds + whole.wallSeconds());
  }

  /**
   * Whether another pair tells more: not if there is enough, and not if all of them say nothing.
   */
  boolean worthRepeating() {
    return rounds < MOST_ROUNDS
        && moreCpuSeconds < ENOUGH_CPU_SECONDS
        && moreCpuSeconds * MOST_ROUNDS >= LEAST_CPU_SECONDS * rounds;
  }

  /** Whether the start of a run can be told from the events. */
  boolean apart() {
    return moreCpuSeconds >= LEAST_CPU_SECONDS && more > 0;
  }

  /** Events in a second of processor time; with the start of a run, if that is not apart. */
  double perCore() {
    return apart()
        ? rounds * more / moreCpuSeconds
        : rounds * events / Math.max(cpuSeconds, rounds * 1e-3);
  }

  /** Processor time per second of a run. */
  double busyCores() {
    return cpuSeconds / Math.max(wallSeconds, 1e-3);
  }
}
