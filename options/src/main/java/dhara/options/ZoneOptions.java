package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Whose calendar counts, for analyses that answer by the day, the week or the month. {@code --zone}
 * is taken: Beam's options of Google Cloud have it for where workers run.
 */
public interface ZoneOptions extends PipelineOptions {

  @Description(
      "Time zone in whose calendar days, weeks and months begin and end, e.g. --timeZone=Asia/Kolkata")
  @Default.String("UTC")
  String getTimeZone();

  void setTimeZone(String value);
}
