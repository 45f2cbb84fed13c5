package dhara.connectors.kafka.watermark;

import java.util.Map;

/**
 * The ends of a topic's partitions at one moment.
 *
 * @param readAt when the ends were queried, epoch milliseconds of wall clock
 * @param newest the newest event time among the last records of every partition, epoch
 *     milliseconds; {@link #NONE} if there are no events
 * @param ends the end of each partition
 */
public record TopicTail(long readAt, long newest, Map<Integer, End> ends) {

  /** No event time is known. */
  public static final long NONE = Long.MIN_VALUE;

  /**
   * The end of a partition.
   *
   * @param readable the offset after the last record that a consumer can get
   * @param end the offset after everything, transaction markers and compacted records included
   */
  public record End(long readable, long end) {}

  /**
   * Whether nothing is left to read for a reader with this backlog. The rest may be only
   * transaction markers, which a backlog counts but no consumer gets.
   */
  public boolean caughtUp(int partition, long backlog) {
    End end = ends.get(partition);
    return backlog == 0 || (end != null && end.end() - backlog >= end.readable());
  }
}
