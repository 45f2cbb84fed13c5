package dhara.tools.unseal;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;
import org.checkerframework.checker.nullness.qual.Nullable;

/** The options of {@code unseal}. */
public interface UnsealOptions extends PipelineOptions {

  @Description(
      "The key of the run that sealed them by reference, env:NAME or file:/path, e.g."
          + " --tokeniseKey=file:/etc/dhara/token.key")
  @Validation.Required
  String getTokeniseKey();

  void setTokeniseKey(String value);

  @Description(
      "The file to write, which must not exist and only its owner can read; by default -, the"
          + " standard output, e.g. --out=/tmp/opened.jsonl")
  @Nullable String getOut();

  void setOut(@Nullable String value);
}
