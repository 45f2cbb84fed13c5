package dhara.tools.calibrate;

import dhara.options.AtLeast;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The options of verbs that measure with the user's events. */
public interface CalibrationOptions extends PipelineOptions {

  @Description(
      "How many events of --events to measure with: they are copied, and four short backfills run"
          + " over them in this process, e.g. --sample=200000")
  @Default.Long(200_000)
  @AtLeast(1)
  long getSample();

  void setSample(long value);

  @Description("How the result is printed: text for a person, or json, e.g. --format=json")
  @Default.Enum("text")
  Format getFormat();

  void setFormat(Format value);

  /** How a result is printed. */
  enum Format {
    /** Tables and sentences. */
    text,
    /** One JSON object. */
    json
  }
}
