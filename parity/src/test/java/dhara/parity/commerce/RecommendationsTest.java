package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.events.Event;
import dhara.options.BadOption;
import dhara.parity.Streamed;
import dhara.pipelines.Analysis;
import dhara.pipelines.Declaration;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.commerce.Activity;
import dhara.pipelines.commerce.Activity.Kind;
import dhara.pipelines.commerce.demand.ProductStock;
import dhara.pipelines.commerce.recommend.CatalogueProduct;
import dhara.pipelines.commerce.recommend.EnsembleWeights;
import dhara.pipelines.commerce.recommend.RecommendationRequest;
import dhara.pipelines.commerce.recommend.Recommendations;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tastes are found, and each rule is seen in a story that is told as a stream. */
class RecommendationsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Recommendations ANALYSIS = new Recommendations();

  /**
   * The lateness of streams in this process. The direct runner lets the watermark pass an event
   * that is behind it on its way from step to step, so a late one can miss a later step there. Late
   * events are for {@code StreamParityTest}, on Flink.
   */
  private static final Duration ON_TIME = Duration.ofMillis(1);

  private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

  /** What is known of a user of a rarer taste shows in what is recommended. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void tastesAreFoundThatPopularityDoesNotKnow(long seed) throws JsonProcessingException {
    int count = 2_000;
    Map<String, String> tastes = new HashMap<>();
    ANALYSIS
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("taste"))
        .map(given -> (Activity) given.event())
        .forEach(activity -> tastes.put(activity.user(), taste(activity.product())));

    Map<String, List<String>> rows =
        Oracle.settled(
            ANALYSIS,
            Inputs.of(ANALYSIS, seed, count),
            List.of("--picks=5", "--recentProducts=3", "--notBoughtFor=PT0S"));

    long own = 0;
    long all = 0;
    for (String line : rows.get("recommendations")) {
      JsonNode row = JSON.readTree(line);
      String taste = tastes.get(row.get("user").asText());
      boolean late = row.get("window_start").asText().compareTo("2026-01-06T09") > 0;
      if (late && taste != null && !taste.equals("chess")) {
        all += row.get("picks").size();
        for (JsonNode pick : row.get("picks")) {
          own += taste(pick.get("product").asText()).equals(taste) ? 1 : 0;
        }
      }
    }
    long requests = 0;
    long hits = 0;
    long popular = 0;
    for (String line : rows.get("hits")) {
      JsonNode row = JSON.readTree(line);
      requests += row.get("requests").asLong();
      hits += row.get("hits").asLong();
      popular += row.get("popular_hits").asLong();
    }
    System.err.printf(
        "seed %d: %,d of %,d picks are of the user's taste; of %,d requests %,d hit, %,d by"
            + " popularity alone%n",
        seed, own, all, requests, hits, popular);
    assertThat("many picks", all, is(greaterThan(1_000L)));
    assertThat("a sixth of the products are", (double) own / all, is(greaterThan(0.6)));
    assertThat("hits by popularity alone", (double) popular / hits, is(lessThan(0.9)));
  }

  private static String taste(String product) {
    return product.substring(0, product.indexOf('-'));
  }

  @Test
  void aStreamSettlesOnTheAnswersOfTheOracle() throws IOException {
    Streamed.settles(ANALYSIS, 2, 260, ON_TIME, List.of("--picks=3", "--tableEvery=PT20M"));
  }

  @Test
  void aBackfillGivesTheAnswersOfTheOracle() throws IOException {
    Streamed.backfills(
        ANALYSIS, 3, 400, List.of("--picks=3", "--tableEvery=PT20M", "--candidates=4"));
  }

  /** The analysis over events that are told instead of made up. */
  private record Told(List<Given<?>> events) implements Analysis<Recommendations.Options> {

    @Override
    public Declaration<Recommendations.Options> declaration() {
      return ANALYSIS.declaration().scenario((seed, count) -> events.stream());
    }

    @Override
    public void build(Flow flow, Recommendations.Options options) {
      ANALYSIS.build(flow, options);
    }
  }

  /** Tells events by the minute after nine. */
  private static final class Story {

    private final List<Given<?>> events = new ArrayList<>();

    private Instant at(int minute) {
      return NINE.plus(Duration.ofMinutes(minute));
    }

    @SuppressWarnings("unchecked") // the input of a name has one type
    private <T extends Record & Event> Story tell(String input, T event) {
      Input<T> of =
          (Input<T>)
              ANALYSIS.inputs().stream()
                  .filter(each -> each.name().equals(input))
                  .findFirst()
                  .orElseThrow();
      events.add(of.given(event));
      return this;
    }

    private String id() {
      return "E%03d".formatted(events.size());
    }

    Story did(int minute, String user, Kind kind, String product) {
      return tell("activities", Activity.of(id(), at(minute), user, kind, product));
    }

    Story viewed(int minute, String user, String... products) {
      for (String product : products) {
        did(minute, user, Kind.PRODUCT_VIEW, product);
      }
      return this;
    }

    Story asked(int minute, String user) {
      return tell("requests", new RecommendationRequest("ask-" + minute, at(minute), user));
    }

    Story stock(int minute, String product, long units) {
      return tell("stock", new ProductStock(id(), at(minute), product, units, 10));
    }

    Story entry(int minute, String product, String category, String brand, long price) {
      return tell(
          "catalogue", new CatalogueProduct(id(), at(minute), product, category, brand, price));
    }

    Story weights(int minute, String version, double together, double content, double popular) {
      return tell(
          "weights", new EnsembleWeights(id(), at(minute), version, together, content, popular));
    }

    /** Ids in the order of telling decide at equal times; events leave in the order of time. */
    Told told() {
      List<Given<?>> inOrder = new ArrayList<>(events);
      inOrder.sort(Comparator.comparing((Given<?> given) -> given.event().at()));
      return new Told(inOrder);
    }

    /** By request: the products in order, after the story was told as a stream. */
    Map<String, String> picks(String... options) throws IOException {
      Map<String, String> picks = new TreeMap<>();
      rows(options).forEach((id, row) -> picks.put(id, products(row)));
      return picks;
    }

    Map<String, JsonNode> rows(String... options) throws IOException {
      Told told = told();
      List<String> all = new ArrayList<>(List.of("--recommendAfter=WISHLIST"));
      all.addAll(List.of(options));
      Streamed.settles(told, 1, events.size(), ON_TIME, all);
      Map<String, JsonNode> rows = new TreeMap<>();
      for (String line :
          Oracle.settled(told, Inputs.of(told, 1, events.size()), all).get("recommendations")) {
        JsonNode row = JSON.readTree(line);
        rows.put(row.get("id").asText(), row);
      }
      return rows;
    }

    private static String products(JsonNode row) {
      List<String> products = new ArrayList<>();
      row.get("picks").forEach(pick -> products.add(pick.get("product").asText()));
      return String.join(" ", products);
    }
  }

  /**
   * Five users who have tea with a cup, a pot or nothing; a spade is the most popular product. What
   * came together counts the most.
   */
  private static Story shop() {
    return visits(new Story().weights(0, "together", 0.6, 0.2, 0.2));
  }

  private static Story visits(Story story) {
    return story
        .viewed(0, "u1", "cup", "tea")
        .viewed(1, "u2", "cup", "tea")
        .viewed(2, "u3", "pot", "tea")
        .viewed(3, "u4", "rake", "spade")
        .viewed(4, "u5", "spade")
        .viewed(5, "u6", "spade")
        .did(6, "u7", Kind.ADD_TO_CART, "spade");
  }

  @Test
  void neighboursAreRecommendedToWhomIsKnownAndWhatIsPopularToOthers() throws IOException {
    assertThat(
        shop()
            .viewed(61, "ann", "tea")
            .asked(59, "ann")
            .asked(60, "ann")
            .asked(62, "ann")
            .asked(63, "bob")
            .picks("--picks=3"),
        is(
            Map.of(
                "ask-59", "", // nothing is known in the first hour
                "ask-60", "", // nor at its end
                "ask-62", "cup pot spade",
                "ask-63", "spade tea cup")));
  }

  @Test
  void withoutWeightsPopularityCountsTwiceAsMuchAsWhatCameTogether() throws IOException {
    Map<String, JsonNode> rows =
        visits(new Story()).viewed(61, "ann", "tea").asked(62, "ann").rows("--picks=3");

    assertThat(rows.get("ask-62").get("weights").asText(), is("default"));
    List<String> picks = new ArrayList<>();
    rows.get("ask-62").get("picks").forEach(pick -> picks.add(pick.toString()));
    assertThat(
        picks,
        contains(
            "{\"product\":\"spade\",\"score\":0.6,\"co_occurrence\":0.0,\"content\":0.0,"
                + "\"popularity\":1.0}",
            "{\"product\":\"cup\",\"score\":0.449951,\"co_occurrence\":1.0,\"content\":0.0,"
                + "\"popularity\":0.249918}",
            "{\"product\":\"pot\",\"score\":0.287115,\"co_occurrence\":0.707107,\"content\":0.0,"
                + "\"popularity\":0.124972}"));
  }

  @Test
  void anActivityAtTheEndOfAnHourChangesItsNeighbours() throws IOException {
    assertThat(
        shop()
            .viewed(57, "u8", "pot", "tea")
            .viewed(58, "u9", "pot", "tea")
            .viewed(61, "ann", "tea")
            .asked(62, "ann")
            .picks("--picks=2"),
        is(Map.of("ask-62", "pot cup")));
  }

  @Test
  void whatIsSoldOutThenIsNotRecommended() throws IOException {
    assertThat(
        shop()
            .viewed(61, "ann", "tea")
            .stock(0, "cup", 5)
            .stock(70, "cup", 0)
            .stock(80, "cup", 1)
            .asked(69, "ann")
            .asked(70, "ann")
            .asked(79, "ann")
            .asked(80, "ann")
            .picks("--picks=1"),
        is(Map.of("ask-69", "cup", "ask-70", "pot", "ask-79", "pot", "ask-80", "cup")));
  }

  @Test
  void whatWasLookedAtOrBoughtLatelyIsNotRecommended() throws IOException {
    assertThat(
        shop()
            .viewed(61, "ann", "tea")
            .asked(62, "ann")
            .did(63, "ann", Kind.PURCHASE, "cup")
            .asked(64, "ann")
            .viewed(200, "ann", "tea")
            .asked(202, "ann")
            .asked(303, "ann")
            .viewed(304, "ann", "tea")
            .asked(305, "ann")
            .picks("--picks=1", "--recentFor=PT30M", "--notBoughtFor=PT4H"),
        is(
            Map.of(
                "ask-62", "cup",
                "ask-64", "pot",
                "ask-202", "pot",
                "ask-303", "spade", // nothing is recent, so popularity alone decides
                "ask-305", "cup")));
  }

  @Test
  void onlyTheMostPopularProductsAreInTheTablesAndFullTablesForgetTheRarestNeighbour()
      throws IOException {
    Story story = shop().viewed(61, "ann", "tea").asked(62, "ann");
    assertThat(story.picks("--tableProducts=2"), is(Map.of("ask-62", "spade")));
    assertThat(
        "the pot took the place of the cup, and was seen once for certain",
        story.rows("--neighbours=1").get("ask-62").get("picks").get(0).toString(),
        is(
            "{\"product\":\"pot\",\"score\":0.624994,\"co_occurrence\":1.0,\"content\":0.0,"
                + "\"popularity\":0.124972}"));
  }

  @Test
  void weightsAndCatalogueAreThoseOfThen() throws IOException {
    Map<String, JsonNode> rows =
        shop()
            .entry(0, "tea", "drinks", "Asha", 100)
            .entry(0, "pot", "drinks", "Asha", 200)
            .entry(0, "cup", "dishes", null, 201)
            .entry(70, "cup", "drinks", "Asha", 50)
            .weights(65, "likeness", 0, 1, 0)
            .weights(75, "crowd", 0, 0, 2)
            .viewed(61, "ann", "tea")
            .asked(64, "ann")
            .asked(65, "ann")
            .asked(71, "ann")
            .asked(76, "ann")
            .rows("--picks=2");

    Map<String, String> seen = new TreeMap<>();
    rows.forEach(
        (id, row) -> seen.put(id, row.get("weights").asText() + ": " + Story.products(row)));
    assertThat(
        seen,
        is(
            Map.of(
                "ask-64", "together: cup pot",
                "ask-65", "likeness: pot spade",
                "ask-71", "likeness: cup pot",
                "ask-76", "crowd: spade cup")));
    assertThat(
        "the end of the hour that the tables know",
        rows.get("ask-64").get("tables").asText(),
        is("2026-01-05T10:00:00.000Z"));
  }

  @Test
  void anActivityOfAChosenKindIsAnsweredAndOthersAreNot() throws IOException {
    Map<String, JsonNode> rows =
        shop()
            .did(61, "ann", Kind.WISHLIST, "tea")
            .did(62, "ann", Kind.PURCHASE, "pot")
            .did(63, "ann", Kind.SEARCH, "tea")
            .rows("--picks=1");

    assertThat(rows.size(), is(1));
    JsonNode row = rows.values().iterator().next();
    assertThat(row.get("occasion").asText(), is("WISHLIST"));
    assertThat(row.get("cold").asBoolean(), is(false));
    assertThat(Story.products(row), is("cup"));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(
        List.of(
            message(() -> new CatalogueProduct("C", NINE, "p", "c", null, 0L)),
            message(() -> new EnsembleWeights("W", NINE, "v", 0, 0, 0)),
            message(() -> new EnsembleWeights("W", NINE, "v", 0, -1, 2)),
            refusal("--recommendAfter=PURCHASES"),
            refusal("--recentFor=P31D"),
            refusal("--tableEvery=P31D"),
            refusal("--popularityHalfLife=PT59S"),
            refusal("--notBoughtFor=-PT1S")),
        containsInAnyOrder(
            "priceMinor is not between 1 and 1000000000000: 0",
            "no weight is above zero",
            "content is not from 0 to a million: -1.0",
            "--recommendAfter=PURCHASES: is none of PRODUCT_VIEW, WISHLIST, ADD_TO_CART, PURCHASE,"
                + " REQUEST. Did you mean PURCHASE?",
            "--recentFor=PT744H: is longer than 30 days, e.g. --recentFor=PT24H",
            "--tableEvery=PT744H: is longer than 30 days, e.g. --tableEvery=PT24H",
            "--popularityHalfLife=PT59S: must be a minute or longer, e.g."
                + " --popularityHalfLife=P7D",
            "--notBoughtFor=-PT1S: is below zero, e.g. --notBoughtFor=P30D"));
  }

  private static String message(Runnable making) {
    return assertThrows(IllegalArgumentException.class, making::run).getMessage();
  }

  private static String refusal(String option) {
    return assertThrows(BadOption.class, () -> Shapes.of(ANALYSIS, List.of(option))).getMessage();
  }
}
