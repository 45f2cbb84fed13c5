package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.parity.Streamed;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.demand.CatalogueEntry;
import dhara.pipelines.commerce.demand.CompetitorPrices;
import dhara.pipelines.commerce.demand.CompetitorPrices.Offer;
import dhara.pipelines.commerce.demand.ProductDemand;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Surges are seen; what a price is made of, and which bound counts more. */
class ProductDemandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> DEMAND = Analysis.all().get("product-demand");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void onlyProductsThatSurgeAreInGreatDemand(long seed) throws JsonProcessingException {
    int count = 4_000;
    Inputs inputs = Inputs.of(DEMAND, seed, count);
    Instant known = inputs.all().map(each -> each.at()).max(Instant::compareTo).orElseThrow();
    Set<String> planted = new TreeSet<>();
    DEMAND
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("surge"))
        .filter(given -> half(given.event().at()).plusSeconds(1_800).isBefore(known))
        .map(given -> (Activity) given.event())
        .forEach(activity -> planted.add(activity.product() + " " + half(activity.at())));

    Set<String> found = new TreeSet<>();
    for (String line : Oracle.settled(DEMAND, inputs, List.of()).get("demand")) {
      JsonNode row = JSON.readTree(line);
      Instant last = Instant.parse(row.get("window_end").asText()).minusMillis(1);
      if (row.get("demand").asDouble() > 7 && half(last).plusSeconds(1_800).isBefore(known)) {
        found.add(row.get("product").asText() + " " + half(last));
      }
    }
    assertThat(planted.size(), is(greaterThan(3)));
    assertThat(found, is(planted));
  }

  private static Instant half(Instant at) {
    return Instant.ofEpochSecond(at.getEpochSecond() / 1_800 * 1_800);
  }

  @Test
  void aStreamSettlesOnTheDemandAndThePricesOfTheOracle() throws IOException {
    Streamed.settles(
        new ProductDemand(),
        1,
        300,
        Duration.ofMinutes(2),
        List.of("--window=PT10M", "--every=PT2M"));
  }

  private static Activity activity(int second, Kind kind, @Nullable String product) {
    return Activity.of("A" + second, START.plusSeconds(second), "u", kind, product);
  }

  private static CatalogueEntry entry(int second, long mrp, long cost, double margin) {
    return new CatalogueEntry("C" + second, START.plusSeconds(second), "p", mrp, cost, margin);
  }

  private static ProductStock stock(int second, long units) {
    return new ProductStock("S" + second, START.plusSeconds(second), "p", units, 100);
  }

  private static CompetitorPrices offers(int second, Offer... offers) {
    return new CompetitorPrices("O" + second, START.plusSeconds(second), "p", List.of(offers));
  }

  private static Map<String, List<String>> settled(
      List<Activity> activities, List<? extends Record> references, String... options) {
    List<CatalogueEntry> entries = new ArrayList<>();
    List<ProductStock> stocks = new ArrayList<>();
    List<CompetitorPrices> offers = new ArrayList<>();
    for (Record each : references) {
      if (each instanceof CatalogueEntry entry) {
        entries.add(entry);
      } else if (each instanceof ProductStock stock) {
        stocks.add(stock);
      } else {
        offers.add((CompetitorPrices) each);
      }
    }
    return Oracle.settled(
        DEMAND,
        new Inputs(
            Map.of(
                "activities", activities,
                "catalogue", entries,
                "stock", stocks,
                "competitor-prices", offers)),
        List.of(options));
  }

  @Test
  void pointsDecayUntilTheEndOfTheWindowAndOtherActivitiesGiveNone()
      throws JsonProcessingException {
    List<String> rows =
        settled(
                List.of(
                    activity(0, Kind.PURCHASE, "p"),
                    activity(600, Kind.ADD_TO_CART, "p"),
                    activity(1_200, Kind.PRODUCT_VIEW, "p"),
                    activity(1_201, Kind.WISHLIST, "p"),
                    activity(1_202, Kind.CHECKOUT, "p"),
                    activity(1_203, Kind.PURCHASE, null)),
                List.of(),
                "--window=PT30M")
            .get("demand");

    assertThat(rows, hasSize(1));
    JsonNode row = JSON.readTree(rows.get(0));
    assertThat(
        List.of("views", "carts", "purchases", "wishlisted").stream()
            .map(name -> row.get(name).asLong())
            .toList(),
        contains(1L, 1L, 1L, 1L));
    // 10 / 8 + 5 / 4 + 1 / 2 + 2 / 2 of which one second less is gone
    assertThat(
        row.get("demand").asDouble(),
        is(closeTo((1.25 + 1.25 + 0.5 + 2 * Math.pow(0.5, 599 / 600.0)) / 100, 1e-9)));
  }

  /** One view at the end of the window, so that the demand is a hundredth, and f about 0.9. */
  @ParameterizedTest
  @CsvSource({
    // units, cost, margin, cheapest competitor, suggested, bound
    "100, 500, 0.1, 0, 900, NONE",
    "0, 500, 0.1, 0, 1000, NONE",
    "200, 500, 0.1, 0, 800, NONE",
    "999, 500, 0.1, 0, 800, NONE",
    "100, 500, 0.1, 800, 816, COMPETITOR",
    "100, 500, 0.1, 883, 900, NONE",
    "100, 700, 0.3, 800, 1000, MARGIN",
    "100, 700, 0.25, 800, 934, MARGIN",
    "100, 990, 0.5, 0, 1000, MARGIN",
  })
  void theMarginCountsMoreThanTheCompetitorAndTheMrpMoreThanTheMargin(
      long units, long cost, double margin, long competitor, long suggested, String bound)
      throws JsonProcessingException {
    List<Record> references = new ArrayList<>(List.of(entry(0, 1_000, cost, margin)));
    references.add(stock(0, units));
    if (competitor > 0) {
      references.add(offers(0, new Offer("far", competitor + 1), new Offer("near", competitor)));
    }
    JsonNode row = price(references);

    assertThat(row.get("suggested_minor").asLong(), is(suggested));
    assertThat(row.get("bound").asText(), is(bound));
    assertThat(row.get("competitor").asText(), is(competitor > 0 ? "near" : "null"));
  }

  private static JsonNode price(List<? extends Record> references, String... more)
      throws JsonProcessingException {
    List<String> options = new ArrayList<>(List.of("--window=PT1M"));
    options.addAll(List.of(more));
    List<String> rows =
        settled(
                List.of(activity(59, Kind.PRODUCT_VIEW, "p")),
                references,
                options.toArray(String[]::new))
            .get("prices");
    assertThat(rows, hasSize(1));
    return JSON.readTree(rows.get(0));
  }

  @Test
  void noMoreThanTheMrpIsAskedHoweverGreatTheDemand() throws JsonProcessingException {
    JsonNode row = price(List.of(entry(0, 1_000, 1, 0), stock(0, 0)), "--demandCap=0.001");

    assertThat(row.get("demand").asDouble(), is(0.001));
    assertThat(row.get("factor").asDouble(), is(1.1));
    assertThat(row.get("wanted_minor").asLong(), is(1_100L));
    assertThat(row.get("suggested_minor").asLong(), is(1_000L));
    assertThat(row.get("bound").asText(), is("MRP"));
  }

  @Test
  void whatHoldsAtTheEndOfTheWindowCounts() throws JsonProcessingException {
    JsonNode row =
        price(
            List.of(
                entry(0, 1_000, 1, 0),
                entry(50, 2_000, 1, 0),
                entry(60, 3_000, 1, 0),
                stock(-9, 100),
                stock(61, 0),
                offers(10, new Offer("a", 5)),
                offers(20)));

    assertThat(row.get("mrp_minor").asLong(), is(2_000L));
    assertThat(row.get("stock_units").asLong(), is(100L));
    assertThat(row.get("competitor").isNull(), is(true));
    assertThat(
        settled(
                List.of(activity(59, Kind.PRODUCT_VIEW, "p")),
                List.of(entry(60, 3_000, 1, 0)),
                "--window=PT1M")
            .get("prices"),
        is(empty()));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(
        List.of(
            message(() -> entry(0, 0, 1, 0)),
            message(() -> entry(0, 10, -1, 0)),
            message(() -> entry(0, 10, 1, 1)),
            message(() -> stock(0, -1)),
            message(() -> new ProductStock("S", START, "p", 1, 0)),
            message(() -> new Offer("a", 0))),
        containsInAnyOrder(
            "mrpMinor is not between 1 and 1000000000000: 0",
            "costMinor is not between 0 and 1000000000000: -1",
            "targetMargin is not from 0 to below 1, e.g. 0.2 for 20 %: 1.0",
            "units is negative: -1",
            "targetUnits is not above zero: 0",
            "priceMinor is not between 1 and 1000000000000: 0"));
    assertThat(
        List.of(
            refusal("--halfLife=PT59S"), refusal("--demandCap=0"), refusal("--cartPoints=1001")),
        containsInAnyOrder(
            "--halfLife=PT59S: must be a minute or longer, e.g. --halfLife=PT10M",
            "--demandCap=0.0: must be above zero and below a billion, e.g. --demandCap=10",
            "--cartPoints=1001: must be at most 1,000, e.g. --cartPoints=5"));
  }

  private static String message(Runnable making) {
    return assertThrows(IllegalArgumentException.class, making::run).getMessage();
  }

  private static String refusal(String option) {
    return assertThrows(BadOption.class, () -> Shapes.of(DEMAND, List.of(option))).getMessage();
  }
}
