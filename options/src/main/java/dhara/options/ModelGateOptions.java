package dhara.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Which released models come into force. */
public interface ModelGateOptions extends PipelineOptions {

  @Description(
      "The least average precision on its held set with which a released model comes into force,"
          + " from 0 to 1; a model that guesses has about the share of rows whose label is 1, e.g."
          + " --modelFloor=0.5")
  @Default.Double(0.5)
  double getModelFloor();

  void setModelFloor(double value);

  @Description(
      "How much worse than the model in force a released one may be, in average precision on the"
          + " same held set, e.g. --modelMargin=0.01")
  @Default.Double(0.01)
  double getModelMargin();

  void setModelMargin(double value);

  /**
   * Checks what the types of the options do not say.
   *
   * @throws BadOption if one cannot be obeyed
   */
  static void check(ModelGateOptions options) {
    zeroToOne("--modelFloor", options.getModelFloor());
    zeroToOne("--modelMargin", options.getModelMargin());
  }

  private static void zeroToOne(String option, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new BadOption(option, value, "is not from 0 to 1, e.g. " + option + "=0.01");
    }
  }
}
