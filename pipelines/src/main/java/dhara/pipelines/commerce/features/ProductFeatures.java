package dhara.pipelines.commerce.features;

import dhara.pipelines.commerce.Activity;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of a product after an activity about it. All counts are since the vector began:
 * with the first activity, or with the first one after a silence longer than the time to live.
 *
 * @param version of these definitions; it rises when one of them changes
 * @param category the last category that an activity named
 * @param events activities
 * @param views of them, looks at the product
 * @param carts of them, times it was put into a cart
 * @param purchases of them, times it was paid
 * @param revenueMinor what was paid, in minor units of the currency
 * @param conversion purchases per view, to four digits; null without a view
 * @param popularity {@link ActivityPoints}, each of which counts half after the half-life, to six
 *     digits
 * @param lastKind what was done last
 * @param lastAt when
 * @param expiresAt until when the vector holds, inclusive
 */
public record ProductFeatures(
    long version,
    @Nullable String category,
    long events,
    long views,
    long carts,
    long purchases,
    long revenueMinor,
    @Nullable Double conversion,
    double popularity,
    Activity.Kind lastKind,
    Instant lastAt,
    Instant expiresAt) {

  /** The present version. */
  static final long VERSION = 1;
}
