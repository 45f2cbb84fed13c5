package dhara.transforms.windows;

import java.io.Serializable;

/**
 * Which windows a slice is in, and which of them answer when. Windows go by their ends, slices by
 * their starts, in epoch milliseconds.
 *
 * @param width how wide a window is
 * @param every how far windows are apart
 * @param slice how wide a slice is; both others are multiples of it
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

  /** The first window that a slice is in. */
  public long firstEnd(long start) {
    return Math.floorDiv(start - width, every) * every + every + width;
  }

  /** The last window that a slice is in. */
  public long lastEnd(long start) {
    return Math.floorDiv(start, every) * every + width;
  }

  /** The first window of a slice that has not ended, if {@code answered} is the last that has. */
  public long nextEnd(long start, long answered) {
    long next = firstAfter(start, answered);
    return next <= lastEnd(start) ? next : NONE;
  }

  /** Whether a window answers no more. */
  public boolean closed(long end, long answered) {
    return answered != Long.MIN_VALUE && end + lateness <= answered;
  }

  /** The first window of a slice that answers again as the slice changes. */
  public long firstChanged(long start, long answered) {
    return answered == Long.MIN_VALUE ? firstEnd(start) : firstAfter(start, answered - lateness);
  }

  /** The last one; before the first if none does: without early answers those that have ended. */
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
