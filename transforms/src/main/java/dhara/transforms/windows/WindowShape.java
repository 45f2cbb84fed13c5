package dhara.transforms.windows;

import java.io.Serializable;
import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;

/** Which windows an event is in: {@link Windows} without lateness and early answers. */
sealed interface WindowShape extends Serializable
    permits SlidingShape, SessionShape, CalendarShape, EverShape {

  /** What assigns the windows in an engine. */
  WindowFn<Object, ? extends BoundedWindow> fn();

  /**
   * Of the windows that an event belongs to, the one that ends first; of a session, what the event
   * alone would make of it.
   *
   * @param atMillis the event's time, epoch milliseconds
   */
  IntervalWindow first(long atMillis);

  /** How long after an event the first of its windows ends, at the longest. */
  Duration untilFirst();

  /** How long after an event the last of its windows ends, at the longest. */
  Duration untilLast();

  /**
   * How far around a range of time events must be seen to tell which windows the range cuts: a
   * session by its gap; other windows are cut by the clock alone.
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
