package dhara.transforms.windows;

import java.io.Serializable;

/**
 * Computes which windows contain a slice, and when they answer. Windows are identified by their
 * ends, slices by their starts, in epoch milliseconds.
 *
 * @param width the width of a window
 * @param every the distance between windows
 * @param slice the width of a slice; both others are multiples of it
 * @param lateness how long after its end a window still answers
 * @param early whether windows answer before their end
 */
public record SlideGrid(long width, long every, long slice, long lateness, boolean early)
    implements Serializable {

  /** No window. */
  public static final long NONE = Long.MAX_VALUE;

  /** The grid of sliding windows. */
  public static SlideGrid of(Windows windows) {
    return new SlideGrid(
        windows.width().toMillis(),
        windows.every().toMillis(),
        windows.slice().toMillis(),
        windows.lateness().toMillis(),
        !windows.early().isZero());
  }

  /** The first window that contains a slice. */
  public long firstEnd(long start) {
    return Math.floorDiv(start - width, every) * every + every + width;
  }

  /** The last window that contains a slice. */
  public long lastEnd(long start) {
    return Math.floorDiv(start, every) * every + width;
  }

  /** The first window of a slice that has not ended, if {@code answered} is the last that has. */
  public long nextEnd(long start, long answered) {
    long next = firstAfter(start, answered);
    return next <= lastEnd(start) ? next : NONE;
  }

  /** Whether a window no longer answers. */
  public boolean closed(long end, long answered) {
    return answered != Long.MIN_VALUE && end + lateness <= answered;
  }

  /** The first window of a slice that answers again when the slice changes. */
  public long firstChanged(long start, long answered) {
    return answered == Long.MIN_VALUE ? firstEnd(start) : firstAfter(start, answered - lateness);
  }

  /**
   * The last such window; before the first one if there is none. Without early answers only ended
   * windows answer.
   */
  public long lastChanged(long start, long answered) {
    if (early) {
      return lastEnd(start);
    } else if (answered < firstEnd(start)) {
      return Long.MIN_VALUE;
    }
    return Math.min(lastEnd(start), firstAfter(start, answered) - every);
  }

  private long firstAfter(long start, long end) {
    long first = firstEnd(start);
    return first > end ? first : first + Math.floorDiv(end - first, every) * every + every;
  }
}
