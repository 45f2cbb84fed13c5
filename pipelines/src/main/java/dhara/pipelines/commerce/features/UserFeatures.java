package dhara.pipelines.commerce.features;

import dhara.pipelines.commerce.Activity;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of a user after an activity. All counts are since the vector began: with the first
 * activity, or with the first one after a silence longer than the time to live.
 *
 * @param version of these definitions; it rises when one of them changes
 * @param events activities
 * @param productViews of them, products looked at
 * @param carts of them, products put into the cart
 * @param purchases of them, products paid
 * @param spentMinor what was paid, in minor units of the currency
 * @param conversion purchases per product view, to four digits; null without a product view
 * @param intent how close the user is to buying: {@link ActivityPoints}, decayed with each further
 *     activity, to six digits
 * @param topCategory the first of the interests, if there is one
 * @param interests the categories that interest the user most, the greatest first, at most {@link
 *     UserFold#LISTED}
 * @param lastKind what the user did last
 * @param lastAt when
 * @param expiresAt until when the vector holds, inclusive
 */
public record UserFeatures(
    long version,
    long events,
    long productViews,
    long carts,
    long purchases,
    long spentMinor,
    @Nullable Double conversion,
    double intent,
    @Nullable String topCategory,
    List<Interest> interests,
    Activity.Kind lastKind,
    Instant lastAt,
    Instant expiresAt) {

  /** The present version. */
  static final long VERSION = 1;

  /**
   * An interest in a category.
   *
   * @param weight 1 for each activity about it, decayed with each further activity, to six digits
   */
  public record Interest(String category, double weight) {}

  /** Purchases per view. */
  static @Nullable Double conversion(long purchases, long views) {
    return views == 0 ? null : (Double) (Math.rint(1e4 * purchases / views) / 1e4);
  }

  /** To six digits, in which equal features are easier to see than in the last bits. */
  static double rounded(double number) {
    return Math.rint(number * 1e6) / 1e6;
  }
}
