package dhara.pipelines.media.ads;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.pipelines.media.ads.AdDecision.Considered;
import dhara.pipelines.media.ads.AdDecision.Out;
import dhara.transforms.order.Fold;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** What an auction may never do, over any campaigns and breaks; and prices by hand. */
class AdAuctionTest {

  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final long FLOOR = 1_000;
  private static final AdAuction AUCTION = new AdAuction(FLOOR, 10);
  private static final AdMatching MATCHING = new AdMatching(ZoneId.of("UTC"), FLOOR, 20);

  private static AdBid bid(String campaign, long micros, long rate) {
    return new AdBid(campaign, micros, 1_000_000_000, null, false, rate, "m1", null);
  }

  private static AdBreak at(Instant at, String id, String user, List<AdBid> bids) {
    AdBreak empty =
        new AdBreak(
            id,
            at,
            "IN",
            "2026-01-05",
            at.getEpochSecond() % 86_400,
            86_400,
            user,
            "west",
            "TV",
            List.of(),
            0);
    Map<String, AdBid> byName = new HashMap<>();
    bids.forEach(bid -> byName.put(bid.campaign(), bid));
    return MATCHING.rated(
        empty.with(bids, 0),
        (bid, in) -> new AdMatching.Predicted(byName.get(bid.campaign()).rateMillionths(), "m1"));
  }

  private static AdDecision decided(AdBid... bids) {
    return AUCTION.over(List.of(at(NOON, "r", "u", List.of(bids)))).get(0);
  }

  @Test
  void theWinnerPaysWhatTheNextShowIsWorthRoundedUp() {
    // 30,000 at 0.01 is worth 300, and 20,000 at 0.007 is worth 140: a click is worth 14,000.
    AdDecision decision = decided(bid("b", 20_000, 7_000), bid("a", 30_000, 10_000));

    assertThat(decision.campaign(), is("a"));
    assertThat(decision.priceMicros(), is(14_000L));
    assertThat(decision.clickRate(), is(0.01));
    assertThat(
        decision.considered(),
        contains(new Considered("a", 300.0, null), new Considered("b", 140.0, null)));
    // 10,000 at 0.000007 is worth 0.07, and a third of that is a fraction of a micro.
    assertThat(decided(bid("a", 40_000, 3), bid("b", 10_000, 7)).priceMicros(), is(23_334L));
  }

  @Test
  void equalScoresPayTheWholeBidAndTheFirstNameWins() {
    AdDecision decision = decided(bid("b", 20_000, 5_000), bid("a", 10_000, 10_000));

    assertThat(decision.campaign(), is("a"));
    assertThat(decision.priceMicros(), is(10_000L));
  }

  @Test
  void withoutAnotherBidTheFloorIsPaidAndWithoutABidNothingIsShown() {
    assertThat(decided(bid("a", 10_000, 10_000)).priceMicros(), is(FLOOR));
    assertThat(decided().campaign(), is(nullValue()));
    assertThat(
        decided(bid("a", 10_000, 0)).considered(), contains(new Considered("a", null, Out.RATE)));
  }

  @Test
  void anEvenBudgetIsSpentInProportionToTheDay() {
    AdBid even = new AdBid("a", 1_000, 24_000, null, true, 10_000, "m1", null);
    List<AdBreak> breaks = new ArrayList<>();
    for (int minute = 0; minute < 24 * 60; minute += 10) {
      Instant at = Instant.parse("2026-01-05T00:00:00Z").plusSeconds(60L * minute);
      breaks.add(at(at, "r", "u", List.of(even)));
    }
    List<AdDecision> decisions = AUCTION.over(breaks);

    // One at midnight, and then when what was spent is at most 1,100 for each hour.
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < decisions.size(); i++) {
      if (decisions.get(i).campaign() != null) {
        shown.add(10 * i);
      }
    }
    assertThat(shown.subList(0, 5), contains(0, 60, 110, 170, 220));
    assertThat(shown.size(), is(24));
    assertThat(decisions.get(1).considered(), contains(new Considered("a", 10.0, Out.PACING)));
  }

  /** A campaign by chance. */
  private static AdBid any(String campaign, Random random) {
    return new AdBid(
        campaign,
        FLOOR + random.nextInt(5_000),
        random.nextInt(60_000),
        random.nextBoolean() ? Long.valueOf(1 + random.nextInt(3)) : null,
        random.nextBoolean(),
        1 + random.nextInt(50_000),
        "m1",
        null);
  }

  private record Seen(String user, @Nullable String campaign) {}

  @Test
  void noAuctionSpendsMoreThanABudgetOrABidOrLessThanTheFloorOrShowsMoreThanTheCap() {
    int exhausted = 0;
    int capped = 0;
    int paced = 0;
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Map<String, AdBid> bids = new HashMap<>();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        bids.put("c" + i, any("c" + i, random));
      }
      List<AdBreak> breaks = new ArrayList<>();
      for (int i = 0; i < 150; i++) {
        breaks.add(
            at(
                NOON.plusSeconds(random.nextInt(36_000)),
                "r" + i,
                "u" + random.nextInt(20),
                List.copyOf(bids.values())));
      }
      List<AdDecision> decisions = AUCTION.over(breaks);
      Collections.shuffle(breaks, random);
      assertThat("in any order", AUCTION.over(breaks), is(decisions));

      breaks.sort(Fold.ORDER);
      Map<String, Long> spent = new HashMap<>();
      Map<Seen, Long> shows = new HashMap<>();
      for (int i = 0; i < breaks.size(); i++) {
        AdDecision decision = decisions.get(i);
        for (Considered of : decision.considered()) {
          exhausted += of.out() == Out.BUDGET ? 1 : 0;
          capped += of.out() == Out.CAP ? 1 : 0;
          paced += of.out() == Out.PACING ? 1 : 0;
        }
        if (decision.campaign() == null) {
          continue;
        }
        AdBid winner = bids.get(decision.campaign());
        String which = "seed " + seed + ", " + decision;
        long sum = spent.merge(winner.campaign(), decision.priceMicros(), Long::sum);
        long seen = shows.merge(new Seen(breaks.get(i).user(), winner.campaign()), 1L, Long::sum);
        assertThat(which, decision.priceMicros() >= FLOOR, is(true));
        assertThat(which, decision.priceMicros() <= winner.bidMicros(), is(true));
        assertThat(which, sum <= winner.dailyBudgetMicros(), is(true));
        assertThat(which, decision.shows(), is(seen));
        assertThat(which, winner.capPerDay() == null || seen <= winner.capPerDay(), is(true));
      }
    }
    assertThat(exhausted, is(greaterThan(1_000)));
    assertThat(capped, is(greaterThan(1_000)));
    assertThat(paced, is(greaterThan(1_000)));
  }
}
