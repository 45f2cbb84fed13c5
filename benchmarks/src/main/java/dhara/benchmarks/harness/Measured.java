package dhara.benchmarks.harness;

/**
 * The measurement of one run of a contestant, including its whole JVM. Of a {@link Command}, only
 * the kernel's figures are known.
 *
 * @param outcome what it did
 * @param wallNanos the time from the call to its return; of a command, from its start to its exit
 * @param cpuNanos processor time of all threads, with garbage collection and compilation
 * @param allocatedBytes what all threads allocated on the heap; of a thread that ended, up to 20 ms
 *     before its end
 * @param heapBytes the most heap that was in use right after a collection, or before the job: what
 *     the job keeps, and with young collections some garbage
 * @param processBytes the most physical memory that the process had: heap, code, buffers, native
 *     state
 */
public record Measured(
    Outcome outcome,
    long wallNanos,
    long cpuNanos,
    long allocatedBytes,
    long heapBytes,
    long processBytes) {

  /** Instead of a figure that only the measured JVM itself could tell. */
  static final long UNKNOWN = 0;

  private static final double MEBIBYTE = 1 << 20;

  double thousandEventsPerSecond() {
    return outcome.events() * 1e6 / wallNanos;
  }

  double cpuSecondsPerMillionEvents() {
    return cpuNanos / 1e3 / outcome.events();
  }

  double allocatedPerEvent() {
    return (double) allocatedBytes / outcome.events();
  }

  double wallSeconds() {
    return wallNanos / 1e9;
  }

  double cpuSeconds() {
    return cpuNanos / 1e9;
  }

  double heapMebibytes() {
    return heapBytes / MEBIBYTE;
  }

  double processMebibytes() {
    return processBytes / MEBIBYTE;
  }
}
