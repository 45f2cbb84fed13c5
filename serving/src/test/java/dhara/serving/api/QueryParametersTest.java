package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.serving.views.ViewQuery;
import dhara.serving.views.ViewQuery.Comparison;
import dhara.serving.views.ViewQuery.Filter;
import dhara.serving.views.ViewQuery.Order;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryParametersTest {

  @Test
  void everyParameterThatIsNotItsOwnIsACondition() {
    ViewQuery query =
        QueryParameters.of(
            "shop.sales",
            Map.ofEntries(
                Map.entry("category", List.of("books, used")),
                Map.entry("gmv_minor.ge", List.of("100")),
                Map.entry("name.in", List.of("a,b")),
                Map.entry("city.in", List.of("a,b", "c")),
                Map.entry("limit.eq", List.of("7")),
                Map.entry("from", List.of("2026-01-05T09:00:00Z")),
                Map.entry("asKnownAt", List.of("2026-01-06T00:00:00Z")),
                Map.entry("order", List.of("-gmv_minor,name")),
                Map.entry("columns", List.of("name, gmv_minor")),
                Map.entry("limit", List.of("20")),
                Map.entry("format", List.of("csv"))));

    assertThat(
        query.filters(),
        containsInAnyOrder(
            new Filter("category", Comparison.EQ, List.of("books, used")),
            new Filter("gmv_minor", Comparison.GE, List.of("100")),
            new Filter("name", Comparison.IN, List.of("a", "b")),
            new Filter("city", Comparison.IN, List.of("a,b", "c")),
            new Filter("limit", Comparison.EQ, List.of("7"))));
    assertThat(query.from(), is(Instant.parse("2026-01-05T09:00:00Z")));
    assertThat(query.to(), is(nullValue()));
    assertThat(query.asKnownAt(), is(Instant.parse("2026-01-06T00:00:00Z")));
    assertThat(query.order(), contains(new Order("gmv_minor", true), new Order("name", false)));
    assertThat(query.columns(), contains("name", "gmv_minor"));
    assertThat(query.limit(), is(20));
  }

  @Test
  void withoutParametersItAsksForTheFirstHundredRows() {
    ViewQuery query = QueryParameters.of("shop.sales", Map.of());

    assertThat(query, is(ViewQuery.of("shop.sales")));
    assertThat(query.filters(), is(empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit          | 0           | must be a number from 1 to 10000",
        "limit          | ten         | must be a number from 1 to 10000",
        "limit          | 10001       | use the cursor",
        "from           | yesterday   | write it as 2026-01-05T09:00:00Z",
        "to             | 1767603600  | write it as 2026-01-05T09:00:00Z",
        "gmv_minor.more | 1           | one of eq, ge, gt, in, le, like, lt, ne",
      })
  void aMistakeIsRefusedWithItsFix(String name, String value, String fix) {
    Refusal refusal =
        assertThrows(
            Refusal.class, () -> QueryParameters.of("shop.sales", Map.of(name, List.of(value))));

    assertThat(refusal.status(), is(400));
    assertThat(refusal.getMessage(), containsString(fix));
    assertThat(refusal.getMessage(), containsString(name));
  }

  @Test
  void aConditionThatIsGivenTwiceIsNoSilentOr() {
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () -> QueryParameters.of("shop.sales", Map.of("category", List.of("a", "b"))));

    assertThat(refusal.getMessage(), containsString("category.in=A,B"));
  }
}
