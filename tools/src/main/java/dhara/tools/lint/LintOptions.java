package dhara.tools.lint;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What a user may say to {@code lint}, beside the analysis' own options. */
public interface LintOptions extends PipelineOptions {

  @Description(
      "The fingerprint of the version whose state is to be restored: what would break is said, e.g."
          + " --fingerprint=fingerprints/order-metrics.json")
  String getFingerprint();

  void setFingerprint(String value);

  @Description(
      "Where to write the fingerprint of this version, to be kept with its savepoints, e.g."
          + " --writeFingerprint=/tmp/order-metrics.json")
  String getWriteFingerprint();

  void setWriteFingerprint(String value);
}
