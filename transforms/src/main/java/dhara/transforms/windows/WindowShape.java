package dhara.transforms.windows;

import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;

/** The assignment of windows: {@link Windows} without lateness and early answers. */
sealed interface WindowShape extends Serializable
    permits SlidingShape, SessionShape, CalendarShape, EverShape {

  /** The Beam function that assigns the windows. */
  WindowFn<Object, ? extends BoundedWindow> fn();

  /**
   * The window of an event that ends first; for sessions, the window that the event alone would
   * have.
   *
   * @param atMillis the event's time, epoch milliseconds
   */
  IntervalWindow first(long atMillis);

  /** The longest time from an event to the end of its first window. */
  Duration untilFirst();

  /** The longest time from an event to the end of its last window. */
  Duration untilLast();

  /**
   * How far beyond a range of time events must be read to tell which windows the range cuts: the
   * gap for sessions; zero for others, whose windows do not depend on events.
   */
  default Duration margin() {
    return Duration.ZERO;
  }

  /** The moment from which on an event is late if no lateness is allowed, epoch milliseconds. */
  default long ends(long atMillis) {
    return first(atMillis).end().getMillis();
  }

  /** Checks a length of time. */
  static Duration atLeastAMilli(String what, Duration duration) {
    if (duration.toMillis() <= 0) {
      throw new IllegalArgumentException(
          what + " must be at least a millisecond, but is " + duration);
    }
    return duration;
  }
}
