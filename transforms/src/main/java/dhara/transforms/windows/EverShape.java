package dhara.transforms.windows;

import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/**
 * One window that holds every event of any time.
 *
 * <p>It has a start and an end like any other window, because they are part of an answer in every
 * format, and of the key in tables and topics. {@link #START} and {@link #END} are times that every
 * format and database that we write to can hold, and no run reaches the end.
 */
record EverShape() implements WindowShape, Slicing {

  /** The epoch; earlier events count too. */
  static final java.time.Instant START = java.time.Instant.EPOCH;

  /** The last day with a four-digit year. */
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

  /**
   * The window never ends, but ids and late events need a limit: it is as if the window ended with
   * the event.
   */
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
