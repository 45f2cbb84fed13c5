package dhara.connectors.delivery;

import java.util.List;

/**
 * The rows of an output that are not delivered yet, by their positions. The rows themselves are in
 * {@link Slots}.
 *
 * @param active positions of rows that are being sent, or wait to be sent again
 * @param head the first position behind them
 * @param tail the position of the next row that comes
 * @param wakeMillis when the timer fires, wall clock in epoch milliseconds; {@link #NEVER} if no
 *     timer is set
 */
record RowQueue(List<Long> active, long head, long tail, long wakeMillis) {

  static final long NEVER = Long.MAX_VALUE;

  static final RowQueue EMPTY = new RowQueue(List.of(), 0, 0, NEVER);

  /** How many rows it has. */
  long size() {
    return active.size() + tail - head;
  }

  /** The same with one row more, at the position {@link #tail}. */
  RowQueue longer() {
    return new RowQueue(active, head, tail + 1, wakeMillis);
  }

  /** The same with a timer set. */
  RowQueue waking(long atMillis) {
    return new RowQueue(active, head, tail, atMillis);
  }
}
