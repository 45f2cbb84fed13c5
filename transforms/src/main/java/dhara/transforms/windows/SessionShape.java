package dhara.transforms.windows;

import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/**
 * Session windows, which grow with the events of a key.
 *
 * @param gap the pause that ends one
 */
record SessionShape(Duration gap) implements WindowShape {

  SessionShape {
    WindowShape.atLeastAMilli("gap", gap);
  }

  @Override
  public WindowFn<Object, ? extends BoundedWindow> fn() {
    return Sessions.withGapDuration(org.joda.time.Duration.millis(gap.toMillis()));
  }

  @Override
  public IntervalWindow first(long atMillis) {
    return new IntervalWindow(
        Instant.ofEpochMilli(atMillis), org.joda.time.Duration.millis(gap.toMillis()));
  }

  @Override
  public Duration untilFirst() {
    return gap;
  }

  @Override
  public Duration untilLast() {
    return gap;
  }

  @Override
  public Duration margin() {
    return gap;
  }

  @Override
  public String toString() {
    return "sessions " + gap;
  }
}
