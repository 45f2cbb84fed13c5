package dhara.transforms.windows;

import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * Checks that the input of a step is in the global window. Steps that output at the end of a bundle
 * output into the global window, because a bundle may have elements of many windows. In any other
 * windowing the engine could not encode that output, and the error would come from a worker without
 * the names of step and window.
 */
public final class InGlobalWindow {

  private InGlobalWindow() {}

  /** Puts elements into the global window, where no trigger and no lateness of before counts. */
  public static <T> Window<T> into() {
    return Window.<T>into(new GlobalWindows())
        .triggering(DefaultTrigger.of())
        .withAllowedLateness(Duration.ZERO)
        .discardingFiredPanes();
  }

  /**
   * Checks the input of such a step while the pipeline is built.
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
