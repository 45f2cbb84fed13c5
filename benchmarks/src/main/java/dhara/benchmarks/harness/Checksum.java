package dhara.benchmarks.harness;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts and sums the answers of an engine's workers in this JVM, in any order. It is static,
 * because engines copy and serialize what they run: call {@link #start} before a job, {@link
 * #outcome} after it.
 */
public final class Checksum {

  private static final LongAdder ANSWERS = new LongAdder();
  private static final LongAdder SUM = new LongAdder();

  private Checksum() {}

  /** Resets the state of an earlier job. */
  public static void start() {
    ANSWERS.reset();
    SUM.reset();
  }

  /** Adds an answer by a hash of its content ({@link #mix}). */
  public static void add(long hash) {
    ANSWERS.increment();
    SUM.add(hash);
  }

  /** Folds one more number of an answer into its hash. */
  public static long mix(long hash, long number) {
    long z = (hash ^ number) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** What came since {@link #start}. */
  public static Outcome outcome(long events) {
    return new Outcome(events, ANSWERS.sum(), SUM.sum());
  }
}
