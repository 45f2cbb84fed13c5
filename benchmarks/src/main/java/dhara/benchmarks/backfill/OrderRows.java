package dhara.benchmarks.backfill;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * The rows of a shop's orders, made up from a seed: orders of one to five lines, products of which
 * a few are bought far more often, one order in thirty cancelled a little later, and one row in
 * fifty sent twice. Rows are roughly in the order of their time.
 *
 * <p>A copy comes some hundred rows after its original. Nine in ten are the same to the byte; the
 * tenth has a later time in the same minute, as a client makes it that stamps what it sends again.
 * The original is the earliest of its id in any case.
 */
final class OrderRows {

  /** The time that rows begin with: 2025-01-06T00:00:00Z. */
  static final long BEGIN_MILLIS = 1_736_121_600_000L;

  /** Sparse rows lie within this many minutes: 120 days. */
  static final int SPARSE_MINUTES = 120 * 24 * 60;

  /** Of this many minutes of sparse rows at most one has rows. */
  static final int MINUTES_PER_BUSY_ONE = 10;

  static final int PLACES = 12;
  static final int PRODUCTS = 60;

  private static final int CUSTOMERS = 50_000;
  private static final int MOST_LINES = 5;
  private static final int ONE_IN_CANCELLED = 30;
  private static final int ONE_IN_COPIED = 50;
  private static final int ONE_IN_STAMPED_AGAIN = 10;

  /** So many originals, or cancelled orders, wait before the first of them goes on. */
  private static final int WAITING = 16;

  private static final int MINUTE_MILLIS = 60_000;
  private static final int LEAST_ROWS_PER_BUSY_MINUTE = 5;

  /** Fifty rows a second: an order of three lines each 61 ms, and a copy of every fiftieth row. */
  private static final int DENSE_ORDER_MILLIS = 61;

  private static final int DENSE_DISORDER_MILLIS = 5_000;

  /**
   * What the rows are like.
   *
   * @param seed of all that is random in them
   * @param rows how many rows, copies included
   * @param sparse whether they lie in one minute of ten over four months; otherwise there are fifty
   *     in each second, from the first to the last
   */
  record Shape(long seed, long rows, boolean sparse) {}

  private final Shape shape;
  private final SplittableRandom random;
  private final long busyMinutes;
  private final Queue<OrderRow> ready = new ArrayDeque<>();
  private final Queue<OrderRow> toCopy = new ArrayDeque<>();
  private final Queue<List<OrderRow>> toCancel = new ArrayDeque<>();
  private long orders;
  private long made;
  private long copies;
  private long clockMillis = DENSE_DISORDER_MILLIS;

  OrderRows(Shape shape) {
    this.shape = shape;
    this.random = new SplittableRandom(shape.seed());
    this.busyMinutes =
        Math.max(
            1,
            Math.min(
                SPARSE_MINUTES / MINUTES_PER_BUSY_ONE, shape.rows() / LEAST_ROWS_PER_BUSY_MINUTE));
  }

  /** The next row; there is always one more, but only {@link Shape#rows} have the shape. */
  OrderRow next() {
    made++;
    if (toCopy.size() > WAITING) {
      copies++;
      OrderRow original = toCopy.remove();
      return random.nextInt(ONE_IN_STAMPED_AGAIN) == 0 ? original.stampedLater() : original;
    }
    if (ready.isEmpty()) {
      order();
    }
    OrderRow row = ready.remove();
    if (random.nextInt(ONE_IN_COPIED) == 0) {
      toCopy.add(row);
    }
    return row;
  }

  /** How many of the rows so far were copies. */
  long copies() {
    return copies;
  }

  private void order() {
    long at = shape.sparse() ? sparseTime() : denseTime();
    if (toCancel.size() > WAITING) {
      for (OrderRow row : toCancel.remove()) {
        ready.add(row.cancelled(at + row.line()));
      }
      return;
    }
    orders++;
    int place = random.nextInt(PLACES);
    int customer = random.nextInt(8) == 0 ? OrderRow.NOBODY : random.nextInt(CUSTOMERS);
    int size = 1 + random.nextInt(MOST_LINES);
    List<OrderRow> lines = new ArrayList<>(size);
    for (int line = 1; line <= size; line++) {
      // The lesser of two draws, so the first products are bought many times as often.
      int product = Math.min(random.nextInt(PRODUCTS), random.nextInt(PRODUCTS));
      lines.add(
          new OrderRow(
              at + line,
              orders,
              line,
              false,
              product,
              place,
              customer,
              1 + random.nextInt(4),
              199 + 150 * product + random.nextInt(100)));
    }
    ready.addAll(lines);
    if (random.nextInt(ONE_IN_CANCELLED) == 0) {
      toCancel.add(lines);
    }
  }

  private long denseTime() {
    clockMillis += random.nextInt(2 * DENSE_ORDER_MILLIS + 1);
    return BEGIN_MILLIS + clockMillis - random.nextInt(DENSE_DISORDER_MILLIS);
  }

  /** A time in the busy minute of the row that is next; its lines follow within the minute. */
  private long sparseTime() {
    long stride = SPARSE_MINUTES / busyMinutes;
    long busy = Math.min(busyMinutes - 1, (made - 1) * busyMinutes / shape.rows());
    // The same minute for all rows of it: the seed of its place is its number.
    long minute = busy * stride + new SplittableRandom(shape.seed() + busy).nextLong(stride);
    return BEGIN_MILLIS + minute * MINUTE_MILLIS + random.nextInt(MINUTE_MILLIS - MOST_LINES - 1);
  }
}
