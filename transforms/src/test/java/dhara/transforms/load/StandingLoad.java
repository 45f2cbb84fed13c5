package dhara.transforms.load;

/** Loads of workers on whose clock no time passes, so that a level lasts as long as a test. */
public final class StandingLoad {

  private static final long NOW = 1_800_000_000_000L;

  private StandingLoad() {}

  /**
   * The load of a run in this process, which has read one record. Keep it while the run lasts,
   * because a load that nobody uses is forgotten.
   *
   * @param waitedMillis how long the record had waited
   */
  public static WorkerLoad of(LoadTerms terms, long waitedMillis) {
    WorkerLoad load = WorkerLoad.of(terms, () -> NOW);
    load.read(NOW - waitedMillis);
    return load;
  }
}
