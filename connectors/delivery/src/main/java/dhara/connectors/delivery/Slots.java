package dhara.connectors.delivery;

import org.checkerframework.checker.nullness.qual.Nullable;

/** Where the rows of a {@link RowQueue} are kept: in the state of a stream, or in memory. */
interface Slots {

  /** The row at a position; null if there is none. */
  @Nullable Waiting get(long position);

  /** Puts a row at a position, or replaces it. */
  void put(long position, Waiting row);

  /** Removes the row at a position. */
  void remove(long position);
}
