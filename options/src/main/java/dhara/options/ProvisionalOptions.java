package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * When a stream answers what depends on the order of events: at the arrival of each event, or once
 * all earlier ones are there.
 */
public interface ProvisionalOptions extends PipelineOptions {

  @Description(
      "In a stream, answer each event at its arrival, and again if that changes when all earlier"
          + " ones are there; with false, answer only then, which costs less, e.g."
          + " --provisional=false")
  @Default.Boolean(true)
  boolean getProvisional();

  void setProvisional(boolean value);

  /** Whether a run answers at arrival: its analysis can, and its options say so. */
  static boolean provisional(PipelineOptions options, Class<? extends PipelineOptions> analysis) {
    return ProvisionalOptions.class.isAssignableFrom(analysis)
        && options.as(ProvisionalOptions.class).getProvisional();
  }
}
