package dhara.pipelines.payments;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is known of the frauds at a merchant at the beginning of a day, in UTC. It leaves out the
 * last 7 days, whose frauds are mostly not found yet.
 *
 * @param merchant where
 * @param over1d the payments of the day before these 7
 * @param over7d those of the 7 days before them
 * @param over30d those of the 30 days before them
 */
public record MerchantRisk(String merchant, Share over1d, Share over7d, Share over30d) {

  /** How many days of payments are left out, because their frauds are mostly not found yet. */
  static final int DELAY_DAYS = 7;

  /** The longest time that is looked at, in days. */
  static final int MOST_DAYS = 30;

  /** With fewer payments a share says little. */
  private static final long LEAST_PAYMENTS = 5;

  /** Frauds among payments. */
  public record Share(long payments, long frauds) {

    static final Share NONE = new Share(0, 0);

    Share plus(Share other) {
      return new Share(payments + other.payments, frauds + other.frauds);
    }

    /** The share, from 0 to 1, to four digits; null if there were no payments. */
    @Nullable Double risk() {
      return payments == 0 ? null : Rules.rounded(Math.min(1, (double) frauds / payments));
    }
  }

  /**
   * The payments of a merchant on a day.
   *
   * @param day the days since 1970-01-01, in UTC
   * @param share its payments, and how many of them were found to be fraud
   */
  public record Day(long day, Share share) {}

  /** What is known at the beginning of a day. */
  static MerchantRisk on(long day, String merchant, List<Day> days) {
    long end = day - DELAY_DAYS;
    return new MerchantRisk(
        merchant,
        between(end - 1, end, days),
        between(end - 7, end, days),
        between(end - MOST_DAYS, end, days));
  }

  /** Whether nothing is known. */
  boolean isNone() {
    return over30d.equals(Share.NONE);
  }

  private static Share between(long from, long until, List<Day> days) {
    Share sum = Share.NONE;
    for (Day day : days) {
      if (day.day >= from && day.day < until) {
        sum = sum.plus(day.share);
      }
    }
    return sum;
  }

  /** Whether more than a share of enough payments in the 7 days was fraud. */
  boolean above(double threshold) {
    Double risk = over7d.risk();
    return over7d.payments >= LEAST_PAYMENTS && risk != null && risk > threshold;
  }
}
