package dhara.tools.reconcile;

import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The options of {@code reconcile}. */
public interface ReconcileOptions extends PipelineOptions {

  @Description(
      "The analysis that gave the answers: its outputs are compared, DIR/OUTPUT, or TOPIC and "
          + "TOPIC-OUTPUT. By default every folder in DIR, or the one topic, e.g. "
          + "--analysis=order-metrics")
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
      "How far two numbers may differ, relative to the larger of them (or to 1 if both are "
          + "smaller), if one of them has a fraction or an exponent. Whole numbers must be "
          + "equal, e.g. --tolerance=1e-9")
  @Default.Double(0)
  double getTolerance();

  void setTolerance(double value);

  @Description(
      "Late events, which explain differences in their windows: a folder, a topic, or none. By "
          + "default those beside A and B: DIR/late, TOPIC-late, e.g. --late=files:/data/out/late")
  String getLate();

  void setLate(String value);

  @Description(
      "Dead letters, which explain differences in the windows of their time: a folder, a topic, "
          + "or none. By default those beside A and B (DIR/dead-letters, TOPIC-dead-letters) "
          + "whose bytes only one side has, e.g."
          + " --deadLetters=none")
  String getDeadLetters();

  void setDeadLetters(String value);

  @Description(
      "The field mapping that the events were read with; its entry for at tells how to read the "
          + "time of a dead letter, e.g. --map=at=ts:epochMillis")
  List<String> getMap();

  void setMap(List<String> value);

  @Description("Write the whole report as JSON to a local file, e.g. --report=/tmp/report.json")
  String getReport();

  void setReport(String value);

  @Description(
      "How many of the worst differences to print per output, from 0 to 10; the JSON report has "
          + "ten, e.g. --examples=3")
  @Default.Integer(10)
  int getExamples();

  void setExamples(int value);

  @Description(
      "Accept two empty sets of answers as equal; without it they are an error, e.g."
          + " --allowEmpty")
  @Default.Boolean(false)
  boolean getAllowEmpty();

  void setAllowEmpty(boolean value);
}
