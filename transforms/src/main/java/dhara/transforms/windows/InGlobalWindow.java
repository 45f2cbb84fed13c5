package dhara.transforms.windows;

import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.PCollection;

/**
 * Steps that give something at the end of a bundle give it into the global window, for a bundle has
 * elements of many. Behind other windows no engine could encode it, and the error would come from a
 * worker and name neither step nor window.
 */
public final class InGlobalWindow {

  private InGlobalWindow() {}

  /**
   * Checks the input of such a step, as the pipeline is built.
   *
   * @param step what it is called
   * @throws IllegalArgumentException if it is in other windows
   */
  public static void check(String step, PCollection<?> input) {
    WindowFn<?, ?> windows = input.getWindowingStrategy().getWindowFn();
    if (!(windows instanceof GlobalWindows)) {
      throw new IllegalArgumentException(
          ("%s takes elements of the global window, but %s is in %s; put elements into windows"
                  + " behind it, or back by Window.into(new GlobalWindows()) before it")
              .formatted(step, input.getName(), windows));
    }
  }
}
