package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The time zone of analyses that answer per day, week or month. The name {@code --zone} is taken by
 * Beam's Google Cloud options, for the zone of the workers.
 */
public interface ZoneOptions extends PipelineOptions {

  @Description(
      "Time zone that defines where days, weeks and months begin and end, e.g. "
          + "--timeZone=Asia/Kolkata")
  @Default.String("UTC")
  String getTimeZone();

  void setTimeZone(String value);
}
