package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** How late events may come, in event time. */
public interface LatenessOptions extends PipelineOptions {

  @Description(
      "How late an event may come and still count: after the end of a window it revises the"
          + " answer, and what follows the order of events settles this much later, e.g."
          + " --lateness=PT10M")
  @Default.InstanceFactory(Durations.TenMinutes.class)
  Duration getLateness();

  void setLateness(Duration value);
}
