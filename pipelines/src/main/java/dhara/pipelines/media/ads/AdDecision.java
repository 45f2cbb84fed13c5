package dhara.pipelines.media.ads;

import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What is shown in a break, and why.
 *
 * @param campaign the winner; null if nothing is shown
 * @param priceMicros what it pays for a click, in micros
 * @param clickRate how likely a click is
 * @param rateVersion who predicted that
 * @param shows how often the user has been shown it on this day, this one included
 * @param considered the campaigns by their score, and then those that were out from the beginning
 * @param more how many other campaigns the market has
 */
public record AdDecision(
    @Nullable String campaign,
    @Nullable Long priceMicros,
    @Nullable Double clickRate,
    @Nullable String rateVersion,
    @Nullable Long shows,
    List<Considered> considered,
    long more) {

  /** Why a campaign cannot be shown: the first of these that applies. */
  public enum Out {
    /** It has not begun or has ended. */
    INACTIVE,
    /** It is not shown in the region. */
    REGION,
    /** It is not shown on the device. */
    DEVICE,
    /** It is not shown in the language. */
    LANGUAGE,
    /** It is not shown with the content. */
    CONTENT,
    /** Its bid is below the floor. */
    FLOOR,
    /** Its click rate is unknown, or less than half a millionth. */
    RATE,
    /** The rest of its budget is less than its bid. */
    BUDGET,
    /** It has spent more than its share of the day. */
    PACING,
    /** The user has seen it as often as they may. */
    CAP
  }

  /**
   * A campaign.
   *
   * @param score bid × click rate: what a show is worth, in micros; null without a click rate
   * @param out why it could not be shown; null if it could
   */
  public record Considered(String campaign, @Nullable Double score, @Nullable Out out) {

    static Considered of(AdBid bid, @Nullable Out out) {
      return new Considered(
          bid.campaign(), bid.rateMillionths() == 0 ? null : bid.score() / 1e6, out);
    }
  }
}
