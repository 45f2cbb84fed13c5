package dhara.parity;

import java.util.List;

/** The columns about latencies that several analyses answer, computed from a sorted list. */
public final class LatencyColumns {

  private LatencyColumns() {}

  /** Mean, least, greatest and percentiles, as columns in JSON; null if there are no latencies. */
  public static String of(List<Long> sortedMillis) {
    boolean timed = !sortedMillis.isEmpty();
    return """
        "average_millis":%s,"least_millis":%s,"greatest_millis":%s,\
        "p50_millis":%s,"p95_millis":%s,"p99_millis":%s"""
        .formatted(
            timed
                ? (double) sortedMillis.stream().mapToLong(Long::longValue).sum()
                    / sortedMillis.size()
                : null,
            timed ? sortedMillis.get(0) : null,
            timed ? sortedMillis.get(sortedMillis.size() - 1) : null,
            timed ? percentile(sortedMillis, 50) : null,
            timed ? percentile(sortedMillis, 95) : null,
            timed ? percentile(sortedMillis, 99) : null);
  }

  /**
   * The middle of the bucket of the value with this rank; a bucket has one 128th of a power of 2.
   */
  private static double percentile(List<Long> millis, int percent) {
    int rank = Math.max(1, (percent * millis.size() + 99) / 100);
    long value = millis.get(rank - 1);
    if (rank == 1 || rank == millis.size() || value == 0) {
      return (double) value;
    }
    double width = Math.pow(2, Math.floor(Math.log((double) value) / Math.log(2) + 1e-12)) / 128;
    double middle = Math.floor((double) value / width) * width + width / 2;
    return Math.max(millis.get(0), Math.min(millis.get(millis.size() - 1), middle));
  }
}
