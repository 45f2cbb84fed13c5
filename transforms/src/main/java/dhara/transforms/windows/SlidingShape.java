package dhara.transforms.windows;

import java.math.BigInteger;
import java.time.Duration;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.Instant;

/**
 * Windows of a fixed width, aligned to the epoch, in UTC.
 *
 * @param width their width
 * @param every the distance between their starts; for tumbling windows, their width
 */
record SlidingShape(Duration width, Duration every) implements WindowShape {

  SlidingShape {
    WindowShape.atLeastAMilli("width", width);
    WindowShape.atLeastAMilli("every", every);
    if (every.compareTo(width) > 0) {
      throw new IllegalArgumentException(
          "windows of " + width + " every " + every + " would leave events out");
    }
  }

  @Override
  public WindowFn<Object, ? extends BoundedWindow> fn() {
    org.joda.time.Duration wide = org.joda.time.Duration.millis(width.toMillis());
    return every.equals(width)
        ? FixedWindows.of(wide)
        : SlidingWindows.of(wide).every(org.joda.time.Duration.millis(every.toMillis()));
  }

  @Override
  public IntervalWindow first(long atMillis) {
    // The first start after at - width: a window holds its start, but not its end.
    long step = every.toMillis();
    long start = Math.floorDiv(atMillis - width.toMillis(), step) * step + step;
    return new IntervalWindow(
        Instant.ofEpochMilli(start), org.joda.time.Duration.millis(width.toMillis()));
  }

  @Override
  public Duration untilFirst() {
    return every;
  }

  @Override
  public Duration untilLast() {
    return width;
  }

  /**
   * The longest period in which no window begins or ends: its events can be added up before they go
   * into windows. For tumbling windows it is the width.
   */
  Duration slice() {
    BigInteger slice =
        BigInteger.valueOf(width.toMillis()).gcd(BigInteger.valueOf(every.toMillis()));
    return Duration.ofMillis(slice.longValueExact());
  }

  @Override
  public String toString() {
    return width + " every " + every;
  }
}
