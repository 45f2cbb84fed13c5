package dhara.tools.lint;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The options of {@code lint}, in addition to those of the analysis. */
public interface LintOptions extends PipelineOptions {

  @Description(
      "The fingerprint of the version whose state is to be restored; lint reports what would "
          + "break, e.g."
          + " --fingerprint=fingerprints/order-metrics.json")
  String getFingerprint();

  void setFingerprint(String value);

  @Description(
      "Where to write the fingerprint of this version; keep it with its savepoints, e.g."
          + " --writeFingerprint=/tmp/order-metrics.json")
  String getWriteFingerprint();

  void setWriteFingerprint(String value);
}
