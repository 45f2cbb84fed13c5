package dhara.pipelines.platform.quality;

import dhara.statistics.Digits;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How good the data of a source were in a period. What is computed has six significant digits.
 *
 * @param score {@code 100 · validShare · volumeShare}: 100 is perfect; null if nothing was read, so
 *     that there is nothing to judge, and the source is not known to be silent
 * @param validShare the share of records that are neither dead letters nor late nor duplicates; 1
 *     without records
 * @param volumeShare 1 if there are about as many records as in the same hour of the days before;
 *     how far beyond the nearest normal number they are otherwise, as a share; 1 if too little is
 *     known
 * @param records those read
 * @param expected the mean of the same hour of the days before; null if too little is known
 * @param deadLetters those that are no events
 * @param late those that came too late
 * @param duplicates those that were seen before
 * @param missed events of this period that came too late, whenever that was
 * @param nullIds dead letters without an id
 * @param invalidTimes dead letters without a time that can be
 * @param reasons dead letters by reason, in alphabetical order
 */
public record Quality(
    @Nullable Double score,
    double validShare,
    double volumeShare,
    long records,
    @Nullable Double expected,
    long deadLetters,
    long late,
    long duplicates,
    long missed,
    long nullIds,
    long invalidTimes,
    List<ReasonCount> reasons) {

  /** How many dead letters have a reason. */
  public record ReasonCount(String reason, long records) {}

  public Quality {
    score = score == null ? null : (Double) Digits.six(score);
    validShare = Digits.six(validShare);
    volumeShare = Digits.six(volumeShare);
    expected = expected == null ? null : (Double) Digits.six(expected);
    reasons = List.copyOf(reasons);
  }
}
