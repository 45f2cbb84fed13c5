package dhara.connectors.kafka;

import java.util.Map;

/**
 * The ends of a topic's partitions, seen at one moment.
 *
 * @param readAt when the ends were asked for, epoch milliseconds of wall clock
 * @param newest the newest event time among the last records of every partition, epoch
 *     milliseconds; {@link #NONE} where there are no events
 * @param ends the end of each partition
 */
record TopicTail(long readAt, long newest, Map<Integer, End> ends) {

  /** No event time is known. */
  static final long NONE = Long.MIN_VALUE;

  /**
   * The end of a partition.
   *
   * @param readable the offset after the last record that a consumer can get
   * @param end the offset after everything, transaction markers and compacted records included
   */
  record End(long readable, long end) {}

  /**
   * Whether nothing is left to read for a reader with this backlog. What is left may be nothing but
   * transaction markers, which no consumer is ever given and every backlog counts.
   */
  boolean caughtUp(int partition, long backlog) {
    End end = ends.get(partition);
    return backlog == 0 || (end != null && end.end() - backlog >= end.readable());
  }
}
