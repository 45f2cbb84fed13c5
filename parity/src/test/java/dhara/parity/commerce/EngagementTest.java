package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.parity.Streamed;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.engagement.Engagement;
import dhara.pipelines.commerce.engagement.Interaction;
import dhara.pipelines.commerce.engagement.KindWeight;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fans have the best score of their day; a weight counts from its time on. */
class EngagementTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> ENGAGEMENT = Analysis.all().get("engagement");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theBestOfEachDayIsTheOneWhoOnlyComments(long seed) throws JsonProcessingException {
    int count = 5_000;
    Set<String> planted = new TreeSet<>();
    ENGAGEMENT
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals("fan"))
        .forEach(given -> planted.add(((Interaction) given.event()).user()));

    Map<String, JsonNode> best = new TreeMap<>();
    for (String line :
        Oracle.settled(ENGAGEMENT, Inputs.of(ENGAGEMENT, seed, count), List.of())
            .get("engagement")) {
      JsonNode row = JSON.readTree(line);
      best.merge(
          row.get("window_start").asText(),
          row,
          (a, b) -> a.get("score").asDouble() >= b.get("score").asDouble() ? a : b);
    }
    Set<String> fans = new TreeSet<>();
    best.values().forEach(row -> fans.add(row.get("user").asText()));

    assertThat(planted.size(), is(greaterThan(30)));
    assertThat(fans, is(planted));
  }

  @Test
  void aStreamSettlesOnTheScoresOfTheOracle() throws IOException {
    Streamed.settles(new Engagement(), 1, 600, Duration.ofHours(5), List.of());
  }

  private static Interaction did(int second, String kind) {
    return new Interaction("I" + second, START.plusSeconds(second), "a", kind, null);
  }

  private static KindWeight weight(int second, String kind, double weight) {
    return new KindWeight("W" + second, START.plusSeconds(second), kind, weight);
  }

  private static List<String> settled(List<KindWeight> weights, List<String> options) {
    List<Interaction> interactions =
        List.of(
            did(0, "LIKE"), did(10, "LIKE"), did(20, "SHARE"), did(30, "COMMENT"), did(40, "X"));
    return Oracle.settled(
            ENGAGEMENT,
            new Inputs(Map.of("interactions", interactions, "weights", weights)),
            options)
        .get("engagement");
  }

  private static final String DAY =
      "{\"user\":\"a\",\"window_start\":\"2026-01-05T00:00:00.000Z\","
          + "\"window_end\":\"2026-01-06T00:00:00.000Z\",\"interactions\":5,";

  @Test
  void withoutWeightsALikeIsWorth1AShare2AndAComment3() {
    assertThat(
        settled(List.of(), List.of()),
        contains(
            DAY
                + "\"points\":7.0,\"score\":1.4,\"kinds\":[{\"kind\":\"LIKE\",\"interactions\":2},"
                + "{\"kind\":\"COMMENT\",\"interactions\":1},{\"kind\":\"SHARE\",\"interactions\":1},"
                + "{\"kind\":\"X\",\"interactions\":1}],\"other_interactions\":0}"));
  }

  @Test
  void aWeightCountsFromItsTimeOnAndMayBeAFractionOrBelowZero() {
    assertThat(
        settled(
            List.of(weight(10, "LIKE", 0.1), weight(31, "COMMENT", 9), weight(5, "X", -0.4)),
            List.of("--kinds=2")),
        contains(
            DAY
                + "\"points\":5.7,\"score\":1.1400000000000001,"
                + "\"kinds\":[{\"kind\":\"LIKE\",\"interactions\":2},"
                + "{\"kind\":\"COMMENT\",\"interactions\":1}],\"other_interactions\":2}"));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> weight(0, "LIKE", Double.NaN))
            .getMessage(),
        is("weight is not within a million of zero: NaN"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> did(0, " ")).getMessage(),
        is("kind is blank: name what was done, e.g. LIKE"));
    assertThat(
        assertThrows(BadOption.class, () -> Oracle.options(new Engagement(), List.of("--kinds=0")))
            .getMessage(),
        containsString("--kinds=0"));
  }
}
