package dhara.benchmarks.backfill;

/**
 * A row of a file of orders, before it is text.
 *
 * @param at when it was ordered or cancelled, epoch milliseconds
 * @param order the number of the order
 * @param line the number of the line in it, from 1
 * @param cancels whether it cancels this line of the order, instead of buying it
 * @param product the number of the product
 * @param place the number of the country
 * @param customer the number of the customer; -1 if unknown
 * @param quantity units bought or cancelled, above zero
 * @param unitMinor price of a unit
 */
record OrderRow(
    long at,
    long order,
    int line,
    boolean cancels,
    int product,
    int place,
    int customer,
    int quantity,
    int unitMinor) {

  /** A customer that is unknown. */
  static final int NOBODY = -1;

  private static final long MINUTE_MILLIS = 60_000;

  /** The same row with a later time, but in the same minute. */
  OrderRow stampedLater() {
    long left = MINUTE_MILLIS - 1 - at % MINUTE_MILLIS;
    return at(at + left / 2);
  }

  /** The same row at another time, as a line that buys or cancels. */
  private OrderRow at(long newAt) {
    return new OrderRow(newAt, order, line, cancels, product, place, customer, quantity, unitMinor);
  }

  /** The row that cancels this one. */
  OrderRow cancelled(long newAt) {
    return new OrderRow(newAt, order, line, true, product, place, customer, quantity, unitMinor);
  }
}
