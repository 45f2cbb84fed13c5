package dhara.transforms.windows;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PartitioningWindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/** Assigns an element to its one window, for shapes that Beam does not have. */
final class ShapeWindowFn extends PartitioningWindowFn<Object, IntervalWindow> {

  private static final long serialVersionUID = 1L;

  private final WindowShape shape;

  /**
   * Windows of a shape.
   *
   * @param shape has one window for each moment
   */
  ShapeWindowFn(WindowShape shape) {
    this.shape = shape;
  }

  @Override
  public IntervalWindow assignWindow(Instant timestamp) {
    return shape.first(timestamp.getMillis());
  }

  @Override
  @Deprecated
  public boolean isCompatible(WindowFn<?, ?> other) {
    return other instanceof ShapeWindowFn fn && shape.equals(fn.shape);
  }

  @Override
  public Coder<IntervalWindow> windowCoder() {
    return IntervalWindow.getCoder();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ShapeWindowFn fn && shape.equals(fn.shape);
  }

  @Override
  public int hashCode() {
    return shape.hashCode();
  }
}
