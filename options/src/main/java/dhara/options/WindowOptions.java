package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;

/**
 * The windows of an analysis, in event time. {@code --window} alone makes tumbling windows, with
 * {@code --every} sliding ones, {@code --gap} makes sessions.
 */
public interface WindowOptions extends SlidingOptions, EarlyOptions {

  @Description(
      "Session windows: the session of a key ends after a pause of this length, e.g. --gap=PT30M")
  Duration getGap();

  void setGap(Duration value);
}
