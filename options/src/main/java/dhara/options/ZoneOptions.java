package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Whose calendar counts, for analyses that answer by the day, the week or the month. */
public interface ZoneOptions extends PipelineOptions {

  @Description(
      "Time zone in whose calendar days, weeks and months begin and end, e.g. --zone=Asia/Kolkata")
  @Default.String("UTC")
  String getZone();

  void setZone(String value);
}
