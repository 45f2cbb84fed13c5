package dhara.transforms.model;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Why a release did not come into force. Precisions are average precisions on its held set, to six
 * digits.
 *
 * @param reason the kind of reason
 * @param detail what is wrong with an unusable one
 * @param averagePrecision its own
 * @param leastPrecision the least that would have been enough
 * @param inForce the version that stays in force, if there is one
 * @param inForcePrecision that of the version in force, on the same held set
 */
public record ModelRefusal(
    Reason reason,
    @Nullable String detail,
    @Nullable Double averagePrecision,
    @Nullable Double leastPrecision,
    @Nullable String inForce,
    @Nullable Double inForcePrecision) {

  /** The kinds of reasons. */
  public enum Reason {
    /** The model or its held set is missing, has another hash, cannot be read or does not score. */
    UNUSABLE,
    /** It ranks worse than any model may. */
    BELOW_FLOOR,
    /** It ranks worse than the one in force. */
    WORSE
  }
}
