package dhara.pipelines.platform.experiments;

import dhara.statistics.Digits;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of a variant at a look, from the beginning of the experiment on. What compares it
 * with the control is null for the control. What is computed has six significant digits.
 *
 * @param state what may be said of it
 * @param users how many it has
 * @param expectedUsers how many it should have by the weights
 * @param conversions users who reached a goal
 * @param rate {@code conversions / users}; 0 without users
 * @param valueMinor what the goals of its users were worth, in minor units
 * @param valuePerUserMinor {@code valueMinor / users}; 0 without users
 * @param lift the rate over that of the control, minus 1; null if that is 0
 * @param difference the rate minus that of the control
 * @param low the lower end of the confidence interval of the difference
 * @param high its upper end
 * @param pValue of the two-proportion z-test: valid if this is the only look, at a planned time
 * @param sequentialPValue always valid: the least of all looks so far
 * @param mismatchPValue how likely a split at least as far from the weights is
 */
public record VariantResult(
    State state,
    long users,
    double expectedUsers,
    long conversions,
    double rate,
    long valueMinor,
    double valuePerUserMinor,
    @Nullable Double lift,
    @Nullable Double difference,
    @Nullable Double low,
    @Nullable Double high,
    @Nullable Double pValue,
    @Nullable Double sequentialPValue,
    double mismatchPValue) {

  /** What may be said of a variant. */
  public enum State {
    /** Nothing yet. */
    RUNNING,
    /** Users are not split by the weights, so results mean nothing and nothing is called. */
    MISMATCH,
    /** It is the winner since this look. */
    CALLED,
    /** It is the winner since an earlier look. */
    WON,
    /** Another variant is the winner. */
    LOST
  }

  public VariantResult {
    expectedUsers = Digits.six(expectedUsers);
    rate = Digits.six(rate);
    valuePerUserMinor = Digits.six(valuePerUserMinor);
    lift = six(lift);
    difference = six(difference);
    low = six(low);
    high = six(high);
    pValue = six(pValue);
    sequentialPValue = six(sequentialPValue);
    mismatchPValue = Digits.six(mismatchPValue);
  }

  private static @Nullable Double six(@Nullable Double number) {
    return number == null ? null : (Double) Digits.six(number);
  }
}
