package dhara.transforms.windows;

import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/**
 * One window that holds every event, whenever it was.
 *
 * <p>It has a start and an end like any other, so that answers have them in every format, as part
 * of a table's primary key or of a topic's: {@link #START} and {@link #END} are times that every
 * format, database and language that we write to can hold, and no run lives to see the end.
 */
record EverShape() implements WindowShape, Slicing {

  /** 1970, from which computers count; what happened before it counts all the same. */
  static final java.time.Instant START = java.time.Instant.EPOCH;

  /** The last day of the years with four digits. */
  static final java.time.Instant END = java.time.Instant.parse("9999-12-31T00:00:00Z");

  private static final IntervalWindow WINDOW =
      new IntervalWindow(
          Instant.ofEpochMilli(START.toEpochMilli()), Instant.ofEpochMilli(END.toEpochMilli()));

  @Override
  public long start(long atMillis) {
    return Long.MIN_VALUE;
  }

  @Override
  public long end(long startMillis) {
    return END.toEpochMilli();
  }

  @Override
  public WindowFn<Object, ? extends BoundedWindow> fn() {
    return new ShapeWindowFn(this);
  }

  @Override
  public IntervalWindow first(long atMillis) {
    return WINDOW;
  }

  /** The window never ends, but ids and late events must: as if it ended with the event. */
  @Override
  public long ends(long atMillis) {
    return atMillis + 1;
  }

  @Override
  public Duration untilFirst() {
    return Duration.ofMillis(1);
  }

  @Override
  public Duration untilLast() {
    return untilFirst();
  }

  @Override
  public String toString() {
    return "ever";
  }
}
