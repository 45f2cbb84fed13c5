package dhara.transforms.model;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * On which terms a release comes into force.
 *
 * @param floor the least average precision on its held set
 * @param margin how much worse than the one in force it may be, on the same held set
 * @param pinned the only version that counts, for all time and whatever its precision; null for all
 */
public record ModelTerms(double floor, double margin, @Nullable String pinned)
    implements Serializable {

  /** Whether a release is looked at. */
  boolean consider(ModelRelease release) {
    return pinned == null || pinned.equals(release.version());
  }
}
