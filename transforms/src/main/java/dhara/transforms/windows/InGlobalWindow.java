package dhara.transforms.windows;

import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Puts elements into the global window, where no trigger and no lateness of before counts.
 *
 * <p>Beam's {@code Window} keeps the longer of two allowed latenesses, so the windows after it
 * would inherit that of the windows before it. Sliding windows answer from slices, which are kept
 * for longer than the windows; their answers would seem to settle that much later.
 */
public final class InGlobalWindow<T> extends PTransform<PCollection<T>, PCollection<T>> {

  private static final long serialVersionUID = 1L;

  private InGlobalWindow() {}

  /** The step. */
  public static <T> InGlobalWindow<T> into() {
    return new InGlobalWindow<>();
  }

  @Override
  public PCollection<T> expand(PCollection<T> elements) {
    return Window.<T>into(new GlobalWindows())
        .expand(elements)
        .setWindowingStrategyInternal(WindowingStrategy.globalDefault());
  }

  /**
   * Checks the input of a step that outputs at the end of a bundle, while the pipeline is built.
   * Such a step outputs into the global window, because a bundle may have elements of many windows.
   * In any other windowing the engine could not encode that output, and the error would come from a
   * worker without the names of step and window.
   *
   * @param step its name
   * @throws IllegalArgumentException if it is in other windows
   */
  public static void check(String step, PCollection<?> input) {
    WindowFn<?, ?> windows = input.getWindowingStrategy().getWindowFn();
    if (!(windows instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          ("%s takes elements of the global window, but %s is in %s; put elements into windows "
                  + "after it, or back by InGlobalWindow.into() before it")
              .formatted(step, input.getName(), windows));
    }
  }
}
