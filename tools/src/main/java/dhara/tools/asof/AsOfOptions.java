package dhara.tools.asof;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code asof}. */
public interface AsOfOptions extends PipelineOptions {

  @Description(
      "What is asked: rows with the columns of --by and the time at; other columns are kept, such"
          + " as a label. A file or folder (.csv, .jsonl or .avro), a topic or a table, e.g."
          + " --entities=questions.csv")
  @Validation.Required
  String getEntities();

  void setEntities(String value);

  @Description(
      "The answers of the analysis, all of them and not only the newest: a folder, a topic or a"
          + " table, e.g. --history=files:/data/out")
  @Validation.Required
  String getHistory();

  void setHistory(String value);

  @Description("The output whose answers are looked up; by default the first, e.g. --output=users")
  @Nullable String getOutput();

  void setOutput(@Nullable String value);

  @Description(
      "The columns of the answers' key that name what is asked about, separated by commas; by"
          + " default all of them, e.g. --by=user")
  @Nullable String getBy();

  void setBy(@Nullable String value);

  @Description(
      "How long an answer without a column expires_at is in force after the end of its window; by"
          + " default until the next one, e.g. --ttl=PT1H")
  @Nullable Duration getTtl();

  void setTtl(@Nullable Duration value);

  @Description(
      "A new folder for the rows, as lines of JSON; by default they are printed, e.g."
          + " --out=files:/data/training")
  @Nullable String getOut();

  void setOut(@Nullable String value);
}
