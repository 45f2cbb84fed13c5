package dhara.parity.commerce;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.parity.Streamed;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.commerce.features.FeatureStore;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is planted in the visits is in the vectors; a stream settles on those of the oracle. */
class FeatureStoreTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> FEATURES = Analysis.all().get("features");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void fansLikeOneCategoryAndGuestsBeginAnew(long seed) throws IOException {
    int count = 3_000;
    Map<String, JsonNode> vectors = new HashMap<>();
    for (String line :
        Oracle.settled(FEATURES, Inputs.of(FEATURES, seed, count), List.of()).get("users")) {
      JsonNode vector = JSON.readTree(line);
      vectors.put(vector.get("event").asText(), vector);
    }
    int fans = 0;
    int guests = 0;
    for (Given<?> given : FEATURES.scenario().events(seed, count).toList()) {
      JsonNode vector = vectors.get(given.event().id());
      if (given.planted().equals("fan")) {
        fans++;
        assertThat(vector.get("interests").size(), is(1));
        assertThat(vector.get("interests").get(0).get("weight").asDouble(), is(9.192798));
        assertThat(vector.get("product_views").asLong(), is(12L));
      } else if (given.planted().equals("return")) {
        guests++;
        assertThat(vector.get("events").asLong(), is(1L));
      }
    }
    assertThat(fans, is(greaterThan(10)));
    assertThat(guests, is(greaterThan(10)));
  }

  @Test
  void aStreamSettlesOnTheVectorsOfTheOracle() throws IOException {
    Streamed.settles(new FeatureStore(), 1, 400, Duration.ofMinutes(10), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "--interestDecay=1, is not from 0 to 0.99",
    "--interestDecay=-0.1, is not from 0 to 0.99",
    "--ttl=PT0S, --ttl=PT0S",
    "--popularityHalfLife=PT0S, --popularityHalfLife=PT0S"
  })
  void whatCannotBeIsRefused(String option, String why) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                Streamed.settles(new FeatureStore(), 1, 1, Duration.ofMinutes(1), List.of(option)));

    assertThat(refused.getMessage(), containsString(why));
  }
}
