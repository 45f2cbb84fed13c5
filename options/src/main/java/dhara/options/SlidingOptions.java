package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;

/** Windows of a fixed width in event time: tumbling, or sliding. */
public interface SlidingOptions extends LatenessOptions {

  @Description(
      "Width of the event-time windows, ISO-8601; by default the width in the summary of the analysis,"
          + " or a minute, e.g. --window=PT1M")
  Duration getWindow();

  void setWindow(Duration value);

  @Description(
      "Distance between the starts of sliding windows; without it windows are tumbling, or slide as"
          + " the summary of the analysis says, e.g. --window=PT30M --every=PT1M")
  Duration getEvery();

  void setEvery(Duration value);
}
