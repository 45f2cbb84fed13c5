package dhara.tools.reconcile;

import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a user may say to {@code reconcile}. */
public interface ReconcileOptions extends PipelineOptions {

  @Description(
      "Whose answers they are: its outputs are compared, DIR/OUTPUT or TOPIC and TOPIC-OUTPUT. By"
          + " default every folder in DIR, or the one topic, e.g. --analysis=order-metrics")
  String getAnalysis();

  void setAnalysis(String value);

  @Description(
      "Compare only answers whose windows start at this instant or later, e.g."
          + " --from=2026-10-01T00:00:00Z")
  Instant getFrom();

  void setFrom(Instant value);

  @Description(
      "Compare only answers whose windows end at this instant or earlier, e.g."
          + " --until=2026-11-01T00:00:00Z")
  Instant getUntil();

  void setUntil(Instant value);

  @Description(
      "How far numbers may be apart, relative to the larger of the two (to 1 where both are"
          + " smaller), if one of them has a fraction or an exponent. Whole numbers must be equal,"
          + " e.g. --tolerance=1e-9")
  @Default.Double(0)
  double getTolerance();

  void setTolerance(double value);

  @Description(
      "Late events, which explain differences of their windows: a folder, a topic, or none. By"
          + " default those beside A and B: DIR/late, TOPIC-late, e.g. --late=files:/data/out/late")
  String getLate();

  void setLate(String value);

  @Description(
      "Dead letters, which explain differences of the windows that their time lies in: a folder, a"
          + " topic, or none. By default those beside A and B, DIR/dead-letters,"
          + " TOPIC-dead-letters, where one side has bytes among them that the other has not, e.g."
          + " --deadLetters=none")
  String getDeadLetters();

  void setDeadLetters(String value);

  @Description(
      "The field mapping that the events were read with: its entry for at says how dead letters"
          + " tell their time, e.g. --map=at=ts:epochMillis")
  List<String> getMap();

  void setMap(List<String> value);

  @Description(
      "Write the whole report as JSON to a file of this machine, e.g. --report=/tmp/report.json")
  String getReport();

  void setReport(String value);

  @Description(
      "How many of the worst differences are printed of each output, from 0 to 10; the report as"
          + " JSON has ten, e.g. --examples=3")
  @Default.Integer(10)
  int getExamples();

  void setExamples(int value);

  @Description(
      "Let two empty sets of answers count as equal; without it they are taken for a mistake, e.g."
          + " --allowEmpty")
  @Default.Boolean(false)
  boolean getAllowEmpty();

  void setAllowEmpty(boolean value);
}
