package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.commerce.Activity;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Visits are found as they were planted. */
class CustomerJourneyTest {

  private static final Analysis<?> JOURNEYS = Analysis.all().get("customer-journey");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachPlantedVisitIsASessionAndThoseWhoBoughtAreConverted(long seed)
      throws JsonProcessingException {
    int count = 5_000;
    Set<String> planted = planted(seed, count, "visit");
    Set<String> buyers =
        JOURNEYS
            .scenario()
            .events(seed, count)
            .filter(given -> given.planted().equals("purchase"))
            .map(given -> ((Activity) given.event()).user())
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> visits = new TreeSet<>();
    Set<String> converted = new TreeSet<>();
    ObjectMapper json = new ObjectMapper();
    for (String journey :
        Oracle.settled(JOURNEYS, Inputs.of(JOURNEYS, seed, count), List.of()).get("journeys")) {
      JsonNode row = json.readTree(journey);
      visits.add(row.get("user").asText() + " " + Instant.parse(row.get("started_at").asText()));
      if (row.get("converted").asBoolean()) {
        converted.add(row.get("user").asText());
      }
    }

    assertThat(planted, is(not(empty())));
    assertThat(visits, is(planted));
    assertThat(buyers, is(not(empty())));
    assertThat(converted, is(buyers));
  }

  private static Set<String> planted(long seed, int count, String what) {
    return JOURNEYS
        .scenario()
        .events(seed, count)
        .filter(given -> given.planted().equals(what))
        .map(given -> ((Activity) given.event()).user() + " " + given.event().at())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
