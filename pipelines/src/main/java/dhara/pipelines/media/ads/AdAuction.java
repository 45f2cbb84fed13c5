package dhara.pipelines.media.ads;

import dhara.pipelines.media.ads.AdDecision.Considered;
import dhara.pipelines.media.ads.AdDecision.Out;
import dhara.transforms.decide.Decider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sells the breaks of a market and day one after the other, by a generalised second price.
 *
 * <p>A campaign takes part only while its whole bid is left of its budget, so whatever the price,
 * no budget is exceeded. The price is rounded up to a micro; it is then still at most the bid,
 * because the score of the next one is not above the winner's.
 *
 * @param floorMicros the least price, which is not above any bid that is considered
 * @param slackPercent how much more than its share of the day a campaign may have spent
 */
record AdAuction(long floorMicros, int slackPercent) implements Decider<AdBreak, AdDecision> {

  private static final String SPENT = "spent";
  private static final String SHOWS = "shows ";

  /** Longer than the longest day. */
  private static final Duration KEEP = Duration.ofHours(26);

  @Override
  public AdDecision decide(AdBreak of, Used used) {
    List<Considered> considered = new ArrayList<>(of.bids().size());
    AdBid winner = null;
    AdBid next = null;
    for (AdBid bid : of.bids()) {
      Out out = out(bid, of, used);
      considered.add(Considered.of(bid, out));
      if (out == null && winner == null) {
        winner = bid;
      } else if (out == null && next == null) {
        next = bid;
      }
    }
    if (winner == null) {
      return new AdDecision(null, null, null, null, null, considered, of.more());
    }
    long price = price(winner, next);
    return new AdDecision(
        winner.campaign(),
        price,
        winner.rateMillionths() / 1e6,
        winner.rateVersion(),
        used.of(SHOWS + of.user(), winner.campaign()) + 1,
        considered,
        of.more());
  }

  private @Nullable Out out(AdBid bid, AdBreak of, Used used) {
    if (bid.out() != null) {
      return bid.out();
    }
    long spent = used.of(SPENT, bid.campaign());
    if (spent + bid.bidMicros() > bid.dailyBudgetMicros()) {
      return Out.BUDGET;
    } else if (bid.even() && spent > share(bid.dailyBudgetMicros(), of)) {
      return Out.PACING;
    }
    return bid.capPerDay() != null && used.of(SHOWS + of.user(), bid.campaign()) >= bid.capPerDay()
        ? Out.CAP
        : null;
  }

  /** What may have been spent by now, rounded down twice. */
  private long share(long budget, AdBreak of) {
    long passed = budget * of.passedSeconds() / of.daySeconds(); // 10^13 times a day fits a long
    return passed + passed * slackPercent / 100;
  }

  private long price(AdBid winner, @Nullable AdBid next) {
    if (next == null) {
      return floorMicros;
    }
    long second = -Math.floorDiv(-next.score(), winner.rateMillionths());
    return Math.max(floorMicros, second);
  }

  @Override
  public void use(AdBreak of, AdDecision decision, Uses uses) {
    if (decision.campaign() != null) {
      uses.add(SPENT, decision.campaign(), decision.priceMicros());
      uses.add(SHOWS + of.user(), decision.campaign(), 1);
    }
  }

  @Override
  public Duration keep() {
    return KEEP;
  }
}
