package dhara.runners.direct;

import dhara.engine.EngineRun;
import java.util.Locale;
import java.util.Optional;

/**
 * A run that holds what it reads in this process' heap.
 *
 * @param heapBytes the size of the heap
 */
record InMemory(long heapBytes) implements EngineRun {

  /**
   * What a run without input needs, and how many times its input it needs besides: a million order
   * lines in 88 MB of CSV, each counted once, fit into 700 MB and not into 450 MB.
   */
  private static final long LEAST_BYTES = 100_000_000;

  private static final int TIMES_INPUT = 5;

  private static final String ELSEWHERE =
      "run it on Flink, which writes to disk what does not fit (-Pflink-runner, or bin/dhara"
          + " --engine=flink), or with more heap (DHARA_JAVA_OPTS=-Xmx16g bin/dhara …)";

  /** What to tell the user before a stream. */
  static final String STREAM =
      "the direct runner is for trying a stream: it reads a few hundred events a second at most,"
          + " and a stream that stops begins anew; Flink (-Pflink-runner, or bin/dhara"
          + " --engine=flink) is for the others";

  static InMemory here() {
    return new InMemory(Runtime.getRuntime().maxMemory());
  }

  /**
   * What to tell the user before the run, if its input may be too large.
   *
   * @param inputBytes negative if unknown
   */
  Optional<String> warning(long inputBytes) {
    long needed = LEAST_BYTES + TIMES_INPUT * inputBytes;
    if (inputBytes < 0 || needed <= heapBytes) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "the direct runner holds its input in memory: %,d MB of files may need %,d MB of heap,"
                + " and this JVM has %,d MB; if it fails, %s",
            inputBytes / 1_000_000,
            needed / 1_000_000,
            heapBytes / 1_000_000,
            ELSEWHERE));
  }

  @Override
  public boolean countsWhileItRuns() {
    return true;
  }

  /** Says what to do if the heap was too small. */
  @Override
  public Exception explained(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        IllegalStateException explained =
            new IllegalStateException(
                String.format(
                    Locale.ROOT,
                    "the input does not fit into the heap of %,d MB (%s); %s",
                    heapBytes / 1_000_000,
                    cause.getMessage(),
                    ELSEWHERE));
        explained.addSuppressed(failure);
        return explained;
      }
    }
    return failure;
  }

  @Override
  public void close() {}
}
