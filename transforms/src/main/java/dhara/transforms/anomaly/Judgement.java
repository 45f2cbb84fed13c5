package dhara.transforms.anomaly;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a detector says of a sample, anomalous or not.
 *
 * @param strength the score as a multiple of the limit; an anomaly if it is above 1
 * @param score how far the sample is from normal, in the detector's own unit
 * @param expected the value that would have been normal, if there is one
 */
public record Judgement(double strength, double score, @Nullable Double expected) {

  /** Whether the sample is beyond the limit. */
  public boolean isAnomaly() {
    return strength > 1;
  }
}
