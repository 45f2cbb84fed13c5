package dhara.tools.generate;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.DefaultValueFactory;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** What a user may say to {@code generate}. */
public interface GenerateOptions extends PipelineOptions {

  @Description("How many different events, over all inputs together, e.g. --count=100000")
  @Validation.Required
  long getCount();

  void setCount(long value);

  @Description("The seed: one seed, the same files, to the byte, e.g. --seed=7")
  @Default.Long(1)
  long getSeed();

  void setSeed(long value);

  @Description("One input of the analysis; by default all of them, e.g. --input=orders")
  String getInput();

  void setInput(String value);

  @Description(
      "The file to write, beside it FILE.truth.json with what was planted; of several inputs a folder,"
          + " in which each has a file of its name, or NAME=FILE repeatedly. By default -, the standard"
          + " output, e.g. --out=/tmp/orders.jsonl")
  @Nullable List<String> getOut();

  void setOut(@Nullable List<String> value);

  @Description(
      "How far out of order events are written: each moves back by less than this, e.g."
          + " --disorder=PT10S")
  @Default.InstanceFactory(TenSeconds.class)
  Duration getDisorder();

  void setDisorder(Duration value);

  @Description("The share of events that are written twice, from 0 to 1, e.g. --duplicates=0.01")
  @Default.Double(0.01)
  double getDuplicates();

  void setDuplicates(double value);

  @Description(
      "The share of lines of garbage, of every kind, to be added, from 0 to 1, e.g. --garbage=0.01")
  @Default.Double(0.01)
  double getGarbage();

  void setGarbage(double value);

  /** Ten seconds: what streams wait for by default. */
  final class TenSeconds implements DefaultValueFactory<Duration> {
    @Override
    public Duration create(PipelineOptions options) {
      return Duration.ofSeconds(10);
    }
  }
}
