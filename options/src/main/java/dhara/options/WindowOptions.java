package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;

/**
 * The windows of an analysis, in event time. {@code --window} alone makes tumbling windows, with
 * {@code --every} sliding ones, {@code --gap} makes sessions.
 */
public interface WindowOptions extends LatenessOptions {

  @Description(
      "Width of the event-time windows, ISO-8601; by default the width in the summary of the analysis,"
          + " or a minute, e.g. --window=PT1M")
  Duration getWindow();

  void setWindow(Duration value);

  @Description(
      "Distance between the starts of sliding windows; without it windows are tumbling, e.g."
          + " --window=PT30M --every=PT1M")
  Duration getEvery();

  void setEvery(Duration value);

  @Description(
      "Session windows: the session of a key ends after a pause of this length, e.g. --gap=PT30M")
  Duration getGap();

  void setGap(Duration value);

  @Description(
      "In a stream, emit answers of windows that are still open this often; each is a revision "
          + "that replaces the one before, e.g. --early=PT1S. By default a window is answered at "
          + "its end")
  Duration getEarly();

  void setEarly(Duration value);
}
