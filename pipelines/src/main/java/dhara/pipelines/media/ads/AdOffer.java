package dhara.pipelines.media.ads;

import dhara.events.Event;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a campaign bids in a market, from a time on, until another offer of the two replaces it.
 * Money is in micros, millionths of a unit of the currency.
 *
 * @param id identity of the record
 * @param at from when on it holds
 * @param campaign whose offer it is
 * @param market where
 * @param bidMicros the most that it pays for a click, above 0 and at most 10^12
 * @param dailyBudgetMicros the most that it pays in this market in a day, 0 to 10^13
 * @param capPerDay how often a user may see it in a day, at least 1; null for as often as it wins
 * @param pacing how the budget is spread over the day
 * @param activeFrom when the campaign begins; null for at once
 * @param activeUntil when it ends, exclusive; null for never
 * @param regions where it is shown; null or empty for all, as with the others
 * @param devices on which
 * @param languages in which
 * @param contents with which
 */
public record AdOffer(
    String id,
    Instant at,
    String campaign,
    String market,
    long bidMicros,
    long dailyBudgetMicros,
    @Nullable Long capPerDay,
    Pacing pacing,
    @Nullable Instant activeFrom,
    @Nullable Instant activeUntil,
    @Nullable List<String> regions,
    @Nullable List<String> devices,
    @Nullable List<String> languages,
    @Nullable List<String> contents)
    implements Event {

  private static final long MOST_BID = 1_000_000_000_000L;
  private static final long MOST_BUDGET = 10_000_000_000_000L;

  /** How a budget is spread over the day. */
  public enum Pacing {
    /** In proportion to the time that has passed. */
    EVEN,
    /** As soon as possible. */
    ASAP
  }

  /** Refuses amounts that cannot be meant, and with which sums could overflow. */
  public AdOffer {
    if (bidMicros <= 0 || bidMicros > MOST_BID) {
      throw new IllegalArgumentException(
          "bidMicros is not above 0 and at most 10^12: " + bidMicros);
    }
    if (dailyBudgetMicros < 0 || dailyBudgetMicros > MOST_BUDGET) {
      throw new IllegalArgumentException(
          "dailyBudgetMicros is not within 0 and 10^13: " + dailyBudgetMicros);
    }
    if (capPerDay != null && capPerDay < 1) {
      throw new IllegalArgumentException("capPerDay is below 1: " + capPerDay);
    }
  }

  /** No two pairs of market and campaign have the same. */
  String marketCampaign() {
    return market.length() + ":" + market + campaign;
  }
}
