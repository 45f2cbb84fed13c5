package dhara.transforms.windows;

import java.io.Serializable;

/**
 * How time is cut into slices that follow each other: the events of one are added up together
 * before they go into windows. Every moment is in one slice.
 */
public interface Slicing extends Serializable {

  /** The first moment of the slice that a moment is in, epoch milliseconds. */
  long start(long atMillis);

  /**
   * The first moment after a slice, epoch milliseconds.
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
