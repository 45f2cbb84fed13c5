package dhara.connectors.delivery;

/**
 * A row that is not delivered yet.
 *
 * @param parcel the row
 * @param attempts how often it was sent in vain
 * @param dueMillis when it may be sent again, wall clock in epoch milliseconds
 */
record Waiting(Parcel parcel, int attempts, long dueMillis) {

  /** A row that was never sent. */
  static Waiting fresh(Parcel parcel) {
    return new Waiting(parcel, 0, 0);
  }

  /** The same row after one more attempt. */
  Waiting again(long newDueMillis) {
    return new Waiting(parcel, attempts + 1, newDueMillis);
  }
}
