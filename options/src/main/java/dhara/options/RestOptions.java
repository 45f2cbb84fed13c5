package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The rests of a stream's sources, for an engine that needs them. */
public interface RestOptions extends PipelineOptions {

  @Description(
      "How often, in milliseconds, the source of a stream that never falls silent rests, so that"
          + " the engine can pass the watermark on; 0: never, e.g. --restEveryMillis=1000")
  @Default.Long(0)
  long getRestEveryMillis();

  void setRestEveryMillis(long value);

  @Description("How long such a rest is, in milliseconds, e.g. --restMillis=150")
  @Default.Long(150)
  long getRestMillis();

  void setRestMillis(long value);
}
