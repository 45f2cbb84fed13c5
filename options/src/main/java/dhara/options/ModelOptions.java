package dhara.options;

import java.time.Duration;
import org.apache.beam.sdk.options.Description;

/** Which models an analysis lets into force, and how it waits for them. */
public interface ModelOptions extends ModelGateOptions {

  @Description(
      "In a stream, how long an answer waits for the model; then it is given by the rules, and"
          + " again when the model has answered. Without it an answer waits as long as that takes,"
          + " e.g. --modelTimeout=PT0.05S")
  @AboveZero
  Duration getModelTimeout();

  void setModelTimeout(Duration value);

  @Description(
      "The version of the model that a backfill uses for all events, whatever was in force and"
          + " however good it is, to see what it would have answered, e.g. --model=v7")
  String getModel();

  void setModel(String value);

  /**
   * Checks what the types of the options do not say.
   *
   * @param bounded whether the run ends by itself
   * @throws BadOption if one cannot be obeyed
   */
  static void check(ModelOptions options, boolean bounded) {
    ModelGateOptions.check(options);
    if (options.getModel() != null && !bounded) {
      throw new BadOption(
          "--model",
          options.getModel(),
          "is for backfills; in a stream each event sees the model of its time, so release the"
              + " version instead");
    }
  }
}
