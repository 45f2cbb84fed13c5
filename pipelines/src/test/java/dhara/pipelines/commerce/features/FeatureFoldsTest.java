package dhara.pipelines.commerce.features;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.features.UserFeatures.Interest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each activity does to the vectors of its user and its product. */
class FeatureFoldsTest {

  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final List<Activity> activities = new ArrayList<>();

  private void did(Duration after, Kind kind, @Nullable String category) {
    did(after, kind, category, null);
  }

  private void did(
      Duration after, Kind kind, @Nullable String category, @Nullable Long amountMinor) {
    activities.add(
        new Activity(
            "A%05d".formatted(activities.size()),
            START.plus(after),
            "user",
            null,
            kind,
            "product",
            category,
            null,
            amountMinor,
            null,
            null,
            null,
            null,
            null));
  }

  private UserFeatures user() {
    return user(0.95);
  }

  private UserFeatures user(double decay) {
    List<UserFold.Vector> vectors = new UserFold(HOUR, decay).over(activities);
    assertThat(vectors, hasSize(activities.size()));
    return vectors.get(vectors.size() - 1).features();
  }

  private ProductFeatures product() {
    List<ProductFold.Vector> vectors =
        new ProductFold(HOUR, Duration.ofMinutes(10)).over(activities);
    assertThat(vectors, hasSize(activities.size()));
    return vectors.get(vectors.size() - 1).features();
  }

  @Test
  void allInterestsDecayWithEachActivityAndItsOwnGains() {
    did(Duration.ZERO, Kind.PAGE_VIEW, "tea");
    did(Duration.ofSeconds(1), Kind.PAGE_VIEW, "toys");
    did(Duration.ofSeconds(2), Kind.PAGE_VIEW, "tea");
    did(Duration.ofSeconds(3), Kind.SEARCH, null);

    assertThat(
        user().interests(), contains(new Interest("tea", 1.807375), new Interest("toys", 0.9025)));
    assertThat(user().topCategory(), is("tea"));
  }

  @Test
  void anInterestThatIsNothingAnyMoreIsForgotten() {
    did(Duration.ZERO, Kind.PAGE_VIEW, "tea");
    for (int i = 1; i <= 89; i++) {
      did(Duration.ofSeconds(i), Kind.PAGE_VIEW, "toys");
    }
    assertThat(user().interests(), hasSize(2)); // 0.95^89 is 0.0104

    did(Duration.ofSeconds(90), Kind.PAGE_VIEW, "toys");
    assertThat(user().interests(), hasSize(1));

    did(Duration.ofSeconds(91), Kind.PAGE_VIEW, "tea");
    assertThat(user().interests().get(1), is(new Interest("tea", 1)));
  }

  @Test
  void aVectorListsTheTenGreatestInterests() {
    for (int i = 0; i < 12; i++) {
      did(Duration.ofSeconds(i), Kind.PAGE_VIEW, "category-%02d".formatted(i));
    }

    List<Interest> interests = user().interests();
    assertThat(interests, hasSize(10));
    assertThat(interests.get(0), is(new Interest("category-11", 1)));
    assertThat(interests.get(9).category(), is("category-02"));
  }

  @ParameterizedTest
  @CsvSource({
    "PAGE_VIEW, 0",
    "SEARCH, 0",
    "PRODUCT_VIEW, 1",
    "WISHLIST, 2",
    "ADD_TO_CART, 3",
    "CHECKOUT, 4",
    "PURCHASE, 5"
  })
  void eachKindHasItsPoints(Kind kind, double points) {
    did(Duration.ZERO, kind, null);

    assertThat(user().intent(), is(points));
    assertThat(product().popularity(), is(points));
    assertThat(user().lastKind(), is(kind));
  }

  @Test
  void intentDecaysByActivitiesAndPopularityByTime() {
    did(Duration.ZERO, Kind.PURCHASE, null);
    did(Duration.ofMinutes(10), Kind.ADD_TO_CART, null);

    assertThat(user(0.5).intent(), is(5.5));
    assertThat(product().popularity(), is(5.5));

    did(Duration.ofMinutes(40), Kind.PAGE_VIEW, null);
    assertThat(user(0.5).intent(), is(2.75));
    assertThat(product().popularity(), is(0.6875));
  }

  @Test
  void conversionIsPurchasesPerViewIfThereWereViews() {
    did(Duration.ZERO, Kind.PURCHASE, "tea", 500L);
    assertThat(user().conversion(), is(nullValue()));
    assertThat(product().conversion(), is(nullValue()));

    for (int i = 1; i <= 3; i++) {
      did(Duration.ofSeconds(i), Kind.PRODUCT_VIEW, "tea");
    }
    assertThat(user().conversion(), is(0.3333));
    assertThat(product().conversion(), is(0.3333));
    assertThat(user().spentMinor(), is(500L));
    assertThat(product().revenueMinor(), is(500L));
    assertThat(user().productViews(), is(3L));
  }

  @Test
  void anAmountThatWasNotPaidIsNoRevenue() {
    did(Duration.ZERO, Kind.ADD_TO_CART, "tea", 500L);
    did(Duration.ofSeconds(1), Kind.PURCHASE, "tea", null);

    assertThat(user().spentMinor(), is(0L));
    assertThat(product().revenueMinor(), is(0L));
    assertThat(user().carts(), is(1L));
    assertThat(user().purchases(), is(1L));
  }

  @Test
  void aProductKeepsTheLastCategoryThatWasNamed() {
    did(Duration.ZERO, Kind.PRODUCT_VIEW, "tea");
    did(Duration.ofSeconds(1), Kind.PRODUCT_VIEW, "coffee");
    did(Duration.ofSeconds(2), Kind.PRODUCT_VIEW, null);

    assertThat(product().category(), is("coffee"));
  }

  @Test
  void aVectorHoldsThroughTheLastMomentOfItsTimeToLive() {
    did(Duration.ZERO, Kind.PRODUCT_VIEW, "tea");
    did(HOUR, Kind.PRODUCT_VIEW, "toys");

    assertThat(user().events(), is(2L));
    assertThat(product().events(), is(2L));
    assertThat(user().expiresAt(), is(START.plus(HOUR).plus(HOUR)));
  }

  @Test
  void aLongerSilenceBeginsAnew() {
    did(Duration.ZERO, Kind.PURCHASE, "tea", 500L);
    did(HOUR.plusMillis(1), Kind.PAGE_VIEW, null);

    assertThat(user().events(), is(1L));
    assertThat(user().intent(), is(0.0));
    assertThat(user().interests(), is(empty()));
    assertThat(user().topCategory(), is(nullValue()));
    assertThat(product().events(), is(1L));
    assertThat(product().popularity(), is(0.0));
  }

  @Test
  void vectorsDoNotDependOnTheOrderOfArrival() {
    Kind[] kinds = Kind.values();
    for (int i = 0; i < 60; i++) {
      did(
          Duration.ofSeconds(i / 2 * 7L),
          kinds[i % kinds.length],
          i % 5 == 0 ? null : "category-" + i % 4);
    }
    List<UserFold.Vector> users = new UserFold(HOUR, 0.95).over(activities);
    List<ProductFold.Vector> products =
        new ProductFold(HOUR, Duration.ofMinutes(10)).over(activities);

    for (int seed = 1; seed <= 20; seed++) {
      List<Activity> shuffled = new ArrayList<>(activities);
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(new UserFold(HOUR, 0.95).over(shuffled), is(users));
      assertThat(new ProductFold(HOUR, Duration.ofMinutes(10)).over(shuffled), is(products));
    }
  }
}
