package dhara.transforms.windows;

import java.io.Serializable;

/**
 * Divides time into consecutive slices: the events of a slice are added up together before they go
 * into windows. Every moment is in exactly one slice.
 */
public interface Slicing extends Serializable {

  /** The start of the slice that contains a moment, epoch milliseconds. */
  long start(long atMillis);

  /**
   * The end of a slice (exclusive), epoch milliseconds.
   *
   * @param startMillis the slice's first moment
   */
  long end(long startMillis);

  /** Slices of one width, aligned to the epoch. */
  record Fixed(long millis) implements Slicing {

    @Override
    public long start(long atMillis) {
      return Math.floorDiv(atMillis, millis) * millis;
    }

    @Override
    public long end(long startMillis) {
      return startMillis + millis;
    }
  }
}
