package dhara.benchmarks.harness;

/**
 * What a job did. All contestants of a work must agree on it.
 *
 * @param events how many events it read
 * @param answers how many answers it gave, the settled ones
 * @param checksum of all answers, whatever their order ({@link Checksum})
 */
public record Outcome(long events, long answers, long checksum) {}
