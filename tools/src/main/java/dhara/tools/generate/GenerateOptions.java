package dhara.tools.generate;

import dhara.options.Durations;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code generate}. */
public interface GenerateOptions extends PipelineOptions {

  @Description("How many distinct events to write, over all inputs together, e.g. --count=100000")
  @Validation.Required
  long getCount();

  void setCount(long value);

  @Description("The seed; the same seed gives the same files, byte for byte, e.g. --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @Description(
      "Events of another kind, if the analysis has more than one kind, e.g."
          + " --scenario=compromised-cards for fraud, which has enough labels to train on")
  @Nullable String getScenario();

  void setScenario(@Nullable String value);

  @Description("One input of the analysis; by default all of them, e.g. --input=orders")
  String getInput();

  void setInput(String value);

  @Description(
      "The file to write; FILE.truth.json beside it says what was planted. For several inputs: a "
          + "folder, which gets a file for each, or NAME=FILE repeatedly. By default -, the "
          + "standard output, e.g. --out=/tmp/orders.jsonl")
  @Nullable List<String> getOut();

  void setOut(@Nullable List<String> value);

  @Description(
      "How far out of order events are written: each is delayed by less than this, e.g."
          + " --disorder=PT10S")
  @Default.InstanceFactory(Durations.TenSeconds.class)
  Duration getDisorder();

  void setDisorder(Duration value);

  @Description("The share of events that are written twice, from 0 to 1, e.g. --duplicates=0.01")
  @Default.Double(0.01)
  double getDuplicates();

  void setDuplicates(double value);

  @Description("The share of garbage lines to add, of every kind, from 0 to 1, e.g. --garbage=0.01")
  @Default.Double(0.01)
  double getGarbage();

  void setGarbage(double value);
}
