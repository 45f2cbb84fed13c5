package dhara.parity.iot;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.iot.SensorReading;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was planted is found, and nothing else; and what cannot be a reading. */
class SensorHealthTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> SENSOR_HEALTH = Analysis.all().get("sensor-health");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void thePlantedAnomaliesAreFoundAndNoOthers(long seed) throws JsonProcessingException {
    int count = 6_000;
    Inputs inputs = Inputs.of(SENSOR_HEALTH, seed, count);
    Instant newest = inputs.all().map(event -> event.at()).max(Instant::compareTo).orElseThrow();
    Instant known = newest.minus(Duration.ofMinutes(12));
    Set<String> planted = new TreeSet<>();
    SENSOR_HEALTH
        .scenario()
        .events(seed, count)
        .filter(given -> !given.event().at().isAfter(known))
        .forEach(given -> planted(given).forEach(planted::add));

    Set<String> found = new TreeSet<>();
    Set<String> severities = new TreeSet<>();
    for (String anomaly : Oracle.settled(SENSOR_HEALTH, inputs, List.of()).get("anomalies")) {
      JsonNode row = JSON.readTree(anomaly);
      boolean silent = row.get("detector").asText().equals("missing");
      // A silence is planted in the reading before it.
      Duration ago = silent ? Duration.ofMinutes(10).plusMillis(1) : Duration.ZERO;
      Instant at = Instant.parse(row.get("window_start").asText()).minus(ago);
      if (!at.isAfter(known)) {
        found.add(row.get("sensor").asText() + " " + row.get("detector").asText() + " " + at);
        severities.add(row.get("detector").asText() + " " + row.get("severity").asText());
      }
    }

    assertThat(found, is(planted));
    assertThat(
        severities,
        contains(
            "above LOW",
            "flat_line LOW",
            "flat_line MEDIUM",
            "missing LOW",
            "rise_and_drop LOW",
            "z_score CRITICAL"));
  }

  private static Stream<String> planted(Given<?> given) {
    SensorReading reading = (SensorReading) given.event();
    return Stream.of(given.planted().split(" "))
        .filter(detector -> !detector.isEmpty())
        .map(detector -> reading.sensor() + " " + detector + " " + reading.at());
  }

  @Test
  void aReadingThatIsNoNumberIsRefused() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 2e100}) {
      assertThat(
          assertThrows(
                  IllegalArgumentException.class, () -> new SensorReading("r", START, "s", value))
              .getMessage(),
          containsString("value is not a number within -1e100 and 1e100"));
    }
  }

  @Test
  void healthIsThatOfTheReadingsOfAWindow() {
    List<SensorReading> readings = new ArrayList<>();
    for (int second : new int[] {0, 100, 299, 300}) {
      readings.add(new SensorReading("r" + second, START.plusSeconds(second), "s", second / 10.0));
    }

    assertThat(
        Oracle.settled(SENSOR_HEALTH, Inputs.of(SENSOR_HEALTH.inputs().get(0), readings), List.of())
            .get("health"),
        contains(
            containsString("\"readings\":3,\"average\":13.299999999999999,\"least\":0.0"),
            containsString("\"readings\":1,\"average\":30.0,\"least\":30.0,\"greatest\":30.0")));
  }
}
