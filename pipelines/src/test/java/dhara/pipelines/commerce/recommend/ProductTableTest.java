package dhara.pipelines.commerce.recommend;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.is;

import dhara.pipelines.commerce.recommend.ProductTable.Row;
import dhara.transforms.join.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which neighbours and products tables keep, and when they hold. */
class ProductTableTest {

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private static Instant minute(int minute) {
    return NINE.plus(Duration.ofMinutes(minute));
  }

  private static Touch touch(int minute, String product, int points, String... with) {
    return new Touch("A" + minute, minute(minute), product, points, points > 0, List.of(with));
  }

  private static List<Row> rows(int neighbours, Touch... touches) {
    return new ProductTable(HOUR, HOUR, neighbours).over(List.of(touches));
  }

  @Test
  void aRowIsGivenAtTheEndOfEachHourWithATouchWhateverTheOrderOfArrival() {
    List<Row> rows =
        rows(9, touch(125, "a", 1, "c"), touch(60, "a", 0, "b"), touch(59, "a", 1, "b"));

    assertThat(
        rows.stream().map(Row::at).toList(), is(List.of(minute(60), minute(120), minute(180))));
    assertThat(rows.stream().map(Row::arrivals).toList(), is(List.of(1L, 1L, 2L)));
    assertThat(
        rows.get(2).neighbours(),
        is(List.of(new Neighbour("b", 2, 0, minute(60)), new Neighbour("c", 1, 0, minute(125)))));
  }

  @Test
  void aFullTableReplacesTheRarestThenTheOldestThenTheFirstByNameAndSaysByHowMuchItIsOver() {
    assertThat(
        "the rarest",
        rows(2, touch(1, "a", 1, "b", "c"), touch(2, "a", 1, "b"), touch(3, "a", 1, "d"))
            .get(0)
            .neighbours(),
        is(List.of(new Neighbour("b", 2, 0, minute(2)), new Neighbour("d", 2, 1, minute(3)))));
    assertThat(
        "the oldest",
        rows(2, touch(1, "a", 1, "c"), touch(2, "a", 1, "b"), touch(3, "a", 1, "d"))
            .get(0)
            .neighbours(),
        is(List.of(new Neighbour("d", 2, 1, minute(3)), new Neighbour("b", 1, 0, minute(2)))));
    assertThat(
        "the first by name",
        rows(2, touch(1, "a", 1, "c", "b"), touch(3, "a", 1, "d")).get(0).neighbours(),
        is(List.of(new Neighbour("c", 1, 0, minute(1)), new Neighbour("d", 2, 1, minute(3)))));
  }

  @Test
  void anHourLaterAPointCountsHalf() {
    List<Row> rows = rows(9, touch(0, "a", 8), touch(60, "a", 2), touch(240, "a", 0, "b"));

    double first = rows.get(0).heat();
    assertThat(Heat.share(first, rows.get(1).heat()), is(closeTo(4 / 6.0, 1e-5)));
    assertThat("no points", rows.get(2).heat(), is(rows.get(1).heat()));
  }

  @Test
  void aProductThatNobodyTouchedForNinetyDaysStartsAnew() {
    int quarter = 90 * 24 * 60;
    assertThat(rows(9, touch(0, "a", 1), touch(quarter, "a", 1)).get(1).arrivals(), is(2L));
    assertThat(rows(9, touch(0, "a", 1), touch(quarter + 1, "a", 1)).get(1).arrivals(), is(1L));
  }

  private static Row row(int hour, String product, double heat) {
    return new Row(product, minute(60 * hour), heat, 1, List.of());
  }

  private static List<String> versions(int products, int listed, Row... rows) {
    List<String> versions = new ArrayList<>();
    for (Version<KnownTable> version : new ShopTable(products, listed).over(List.of(rows))) {
      String key = version.key().isEmpty() ? "shop" : version.key();
      long millis = Duration.between(NINE, version.at()).toMillis() % HOUR.toMillis();
      long hour = Duration.between(NINE, version.at()).toHours();
      assertThat("a millisecond after the hour", millis, is(1L));
      versions.add(
          version
              .held()
              .map(table -> "%d %s %s %s".formatted(hour, key, table.heat(), table.hottest()))
              .orElse("%d %s removed".formatted(hour, key)));
    }
    return versions;
  }

  @Test
  void onlyTheMostPopularProductsAreInForceAndOneThatFallsOutComesBackWhenItIsTouched() {
    assertThat(
        versions(
            2, 1, row(1, "a", 5), row(1, "b", 4), row(1, "c", 3), row(2, "c", 6), row(3, "b", 5.5)),
        is(
            List.of(
                "1 a 5.0 []",
                "1 b 4.0 []",
                "1 shop 5.0 [a]",
                "2 b removed",
                "2 c 6.0 []",
                "2 shop 6.0 [c]",
                "3 a removed",
                "3 b 5.5 []",
                "3 shop 6.0 [c]")));
  }

  @Test
  void ofEquallyPopularProductsTheFirstByNameIsInForce() {
    assertThat(
        versions(1, 9, row(1, "b", 5), row(1, "a", 5)),
        is(List.of("1 a 5.0 []", "1 shop 5.0 [a]")));
  }
}
