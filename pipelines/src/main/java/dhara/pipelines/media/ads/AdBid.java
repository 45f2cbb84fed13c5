package dhara.pipelines.media.ads;

import dhara.pipelines.media.ads.AdDecision.Out;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A campaign that could be shown in a break, or the reason why not.
 *
 * @param campaign whose bid it is
 * @param bidMicros the most that it pays for a click
 * @param dailyBudgetMicros the most that it pays in a day
 * @param capPerDay how often a user may see it in a day; null for as often as it wins
 * @param even whether its budget is spread evenly over the day
 * @param rateMillionths how likely a click is, in millionths; 0 if that is not known
 * @param rateVersion who predicted that
 * @param out why it cannot be shown, whatever was spent; null if it can
 */
record AdBid(
    String campaign,
    long bidMicros,
    long dailyBudgetMicros,
    @Nullable Long capPerDay,
    boolean even,
    long rateMillionths,
    @Nullable String rateVersion,
    @Nullable Out out) {

  static AdBid of(AdOffer offer, @Nullable Out out) {
    return new AdBid(
        offer.campaign(),
        offer.bidMicros(),
        offer.dailyBudgetMicros(),
        offer.capPerDay(),
        offer.pacing() == AdOffer.Pacing.EVEN,
        0,
        null,
        out);
  }

  AdBid rated(long millionths, String version) {
    return new AdBid(
        campaign, bidMicros, dailyBudgetMicros, capPerDay, even, millionths, version, out);
  }

  AdBid out(Out reason) {
    return new AdBid(
        campaign,
        bidMicros,
        dailyBudgetMicros,
        capPerDay,
        even,
        rateMillionths,
        rateVersion,
        reason);
  }

  /** What a show is worth, in millionths of a micro: at most 10^18. */
  long score() {
    return bidMicros * rateMillionths;
  }
}
