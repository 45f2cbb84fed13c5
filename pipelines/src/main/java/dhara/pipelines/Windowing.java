package dhara.pipelines;

import dhara.options.BadOption;
import dhara.options.WindowOptions;
import dhara.transforms.Windows;
import java.time.Duration;

/** The windows that a user asks for. */
public final class Windowing {

  private Windowing() {}

  /** The windows of {@code --window}, {@code --every}, {@code --gap}. */
  public static Windows of(WindowOptions options) {
    Duration window = above0("--window", options.getWindow(), "a window", "PT1M");
    Duration every = options.getEvery();
    Duration gap = options.getGap();
    if (gap != null) {
      if (every != null) {
        throw new BadOption(
            "--every", every, "sessions (--gap) do not slide; leave one of them out");
      }
      return late(Windows.sessions(above0("--gap", gap, "a session's gap", "PT30M")), options);
    }
    if (every == null) {
      return late(Windows.tumbling(window), options);
    }
    above0("--every", every, "the distance of sliding windows", "PT1M");
    if (every.compareTo(window) > 0) {
      throw new BadOption(
          "--every", every, "is longer than --window=" + window + ": events would be left out");
    }
    return late(Windows.sliding(window, every), options);
  }

  /**
   * Tumbling windows of another width, with the lateness and early answers of the options.
   *
   * @param option the option that gave the width, with its dashes
   */
  public static Windows tumbling(String option, Duration width, WindowOptions options) {
    return late(Windows.tumbling(above0(option, width, "a window", "PT15M")), options);
  }

  private static Windows late(Windows windows, WindowOptions options) {
    Duration lateness = options.getLateness();
    if (lateness.isNegative()) {
      throw new BadOption("--lateness", lateness, "cannot be negative, e.g. --lateness=PT10M");
    }
    Windows late = windows.withLateness(lateness);
    return options.getEarly() == null
        ? late
        : late.withEarlyAnswersEvery(above0("--early", options.getEarly(), "it", "PT1S"));
  }

  private static Duration above0(String option, Duration value, String what, String example) {
    if (value.toMillis() <= 0) {
      throw new BadOption(
          option, value, what + " must be longer than zero, e.g. " + option + "=" + example);
    }
    return value;
  }
}
