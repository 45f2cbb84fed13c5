package dhara.benchmarks.harness;

/**
 * The outcome of a job, on which all contestants of a work must agree.
 *
 * @param events how many events it read
 * @param answers how many settled answers it gave
 * @param checksum of all answers, whatever their order ({@link Checksum})
 */
public record Outcome(long events, long answers, long checksum) {}
