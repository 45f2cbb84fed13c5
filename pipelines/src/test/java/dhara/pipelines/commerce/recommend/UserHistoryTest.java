package dhara.pipelines.commerce.recommend;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.recommend.HitFold.Outcome;
import dhara.pipelines.commerce.recommend.Recommendations.Pick;
import dhara.transforms.order.Either;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered of users, and which recommendations were right. */
class UserHistoryTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private static Instant minute(int minute) {
    return NINE.plus(Duration.ofMinutes(minute));
  }

  private static Activity activity(int minute, Kind kind, String product) {
    return Activity.of("A%03d".formatted(minute), minute(minute), "u", kind, product);
  }

  private static Either<Activity, RecommendationRequest> did(
      int minute, Kind kind, String product) {
    return Either.ofFirst(activity(minute, kind, product));
  }

  private static Either<Activity, RecommendationRequest> viewed(int minute, String product) {
    return did(minute, Kind.PRODUCT_VIEW, product);
  }

  private static Either<Activity, RecommendationRequest> asked(int minute) {
    return Either.ofSecond(new RecommendationRequest("Q" + minute, minute(minute), "u"));
  }

  private static List<Visited> visits(List<Either<Activity, RecommendationRequest>> events) {
    return new UserHistory(3, HOUR, HOUR.multipliedBy(2), Set.of(Occasion.ADD_TO_CART))
        .over(events);
  }

  @Test
  void theLastThreeProductsOfAnHourAreRecentLatestFirst() {
    List<Visited> visits =
        visits(
            List.of(
                viewed(3, "c"),
                viewed(1, "a"),
                viewed(2, "b"),
                viewed(4, "a"),
                viewed(5, "d"),
                asked(64),
                asked(65),
                asked(66)));

    assertThat(
        visits.stream().map(Visited::recent).toList(),
        contains(
            List.of("a"),
            List.of("b", "a"),
            List.of("c", "b", "a"),
            List.of("a", "c", "b"),
            List.of("d", "a", "c"),
            List.of("d", "a"),
            List.of("d"),
            List.of()));
    assertThat(
        visits.stream().map(Visited::arrived).toList(),
        contains(true, true, true, false, true, false, false, false));
    assertThat(
        "a product that comes again brings nothing together",
        Touch.of(visits.get(3)),
        contains(new Touch("A004", minute(4), "a", 1, false, List.of())));
    assertThat(
        Touch.of(visits.get(4)),
        contains(
            new Touch("A005", minute(5), "d", 1, true, List.of("a", "c")),
            new Touch("A005", minute(5), "a", 0, false, List.of("d")),
            new Touch("A005", minute(5), "c", 0, false, List.of("d"))));
    assertThat(Touch.of(visits.get(7)), is(List.of()));
  }

  @Test
  void purchasesAreRememberedForTwoHoursAndOnlySomeActivitiesAsk() {
    List<Visited> visits =
        visits(
            List.of(
                did(0, Kind.PURCHASE, "a"), did(1, Kind.ADD_TO_CART, "b"), asked(120), asked(121)));

    assertThat(
        visits.stream().map(Visited::bought).toList(),
        contains(List.of("a"), List.of("a"), List.of("a"), List.of()));
    assertThat(visits.stream().map(Visited::asks).toList(), contains(false, true, true, true));
  }

  private static Either<Activity, Ranking> ranked(int minute, List<String> picks, String popular) {
    return Either.ofSecond(
        new Ranking(
            minute(minute),
            "Q" + minute,
            "u",
            Occasion.REQUEST,
            false,
            null,
            "v1",
            picks.stream().map(each -> new Pick(each, 1, 1, 1, 1)).toList(),
            List.of(popular)));
  }

  @Test
  void aHitIsLaterThanTheRankingByAtMostAnHour() {
    List<Outcome> outcomes =
        new HitFold(HOUR)
            .over(
                List.of(
                    ranked(10, List.of("a", "b"), "c"),
                    ranked(11, List.of("x"), "b"),
                    ranked(70, List.of("b"), "c"),
                    ranked(200, List.of("b"), "b"),
                    Either.ofFirst(activity(10, Kind.PRODUCT_VIEW, "c")),
                    Either.ofFirst(activity(70, Kind.PURCHASE, "b")),
                    Either.ofFirst(activity(72, Kind.PRODUCT_VIEW, "x")),
                    Either.ofFirst(activity(130, Kind.WISHLIST, "c")),
                    Either.ofFirst(activity(131, Kind.WISHLIST, "b"))));

    assertThat(
        outcomes,
        contains(
            outcome(10, true, false),
            outcome(11, false, true),
            outcome(70, false, true),
            outcome(200, false, false)));
  }

  private static Outcome outcome(int minute, boolean hit, boolean popular) {
    return new Outcome(minute(minute), Occasion.REQUEST, false, hit, popular);
  }

  @Test
  void ofMoreThanAThousandOpenRankingsTheEarliestHasTheOutcomeSoFar() {
    List<Either<Activity, Ranking>> events = new ArrayList<>();
    events.add(ranked(0, List.of("a"), "b"));
    events.add(Either.ofFirst(activity(1, Kind.PRODUCT_VIEW, "a")));
    for (int i = 0; i < 1_000; i++) {
      events.add(ranked(2, List.of("z"), "z"));
    }
    events.add(Either.ofFirst(activity(3, Kind.PRODUCT_VIEW, "b")));

    List<Outcome> outcomes = new HitFold(HOUR).over(events);

    assertThat(outcomes.size(), is(1_001));
    assertThat(outcomes.get(0), is(outcome(0, true, false)));
  }
}
