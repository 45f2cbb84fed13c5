package dhara.parity.platform;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.platform.ServiceEvent;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was planted is found, and nothing else; alerts begin and end; what cannot be an event. */
class EventMetricsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> EVENT_METRICS = Analysis.all().get("event-metrics");
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void thePlantedMinutesAreFoundAndNoOthersAndEachHasAnAlertUntilItIsOver(long seed)
      throws JsonProcessingException {
    int count = 10_000;
    Inputs inputs = Inputs.of(EVENT_METRICS, seed, count);
    // The last minute is cut off by the count.
    Instant known =
        inputs.all().map(event -> minute(event.at())).max(Instant::compareTo).orElseThrow();
    Set<String> planted = new TreeSet<>();
    EVENT_METRICS
        .scenario()
        .events(seed, count)
        .filter(given -> given.event().at().isBefore(known))
        .forEach(given -> planted(given).forEach(planted::add));

    Map<String, List<String>> settled = Oracle.settled(EVENT_METRICS, inputs, List.of());
    Set<String> found = new TreeSet<>();
    for (String anomaly : settled.get("anomalies")) {
      JsonNode row = JSON.readTree(anomaly);
      Instant at = minute(Instant.parse(row.get("window_start").asText()));
      if (at.isBefore(known)) {
        found.add(row.get("service").asText() + " " + row.get("detector").asText() + " " + at);
      }
    }
    assertThat(found, is(planted));

    Map<String, Set<String>> alerts = new TreeMap<>();
    for (String alert : settled.get("alerts")) {
      JsonNode row = JSON.readTree(alert);
      Instant since = Instant.parse(row.get("since").asText());
      if (since.isBefore(known)) {
        alerts
            .computeIfAbsent(
                row.get("service").asText() + " " + row.get("measured").asText() + " " + since,
                key -> new TreeSet<>())
            .add(row.get("state").asText());
      }
    }
    long outages = beginnings(planted, "error_rate_above") + beginnings(planted, "latency_above");
    assertThat(outages, is(greaterThan(2L)));
    assertThat((long) alerts.size(), is(outages));
    // One may not be over yet.
    long over = alerts.values().stream().filter(states -> states.size() == 2).count();
    assertThat(over, is(greaterThan(outages - 2)));
  }

  /** Planted minutes of a detector whose minute before is not one. */
  private static long beginnings(Set<String> planted, String detector) {
    return planted.stream()
        .map(each -> each.split(" "))
        .filter(each -> each[1].equals(detector))
        .filter(
            each ->
                !planted.contains(
                    each[0] + " " + each[1] + " " + Instant.parse(each[2]).minusSeconds(60)))
        .count();
  }

  private static Instant minute(Instant at) {
    return at.truncatedTo(ChronoUnit.MINUTES);
  }

  private static Stream<String> planted(Given<?> given) {
    ServiceEvent event = (ServiceEvent) given.event();
    return Stream.of(given.planted().split(" "))
        .filter(detector -> !detector.isEmpty())
        .map(detector -> event.service() + " " + detector + " " + minute(event.at()));
  }

  private static ServiceEvent event(
      String id, @Nullable String status, @Nullable Long millis, @Nullable Double value) {
    return new ServiceEvent(id, START, "s", "k", "u", null, status, millis, value);
  }

  @Test
  void metricsAreThoseOfTheEventsThatHaveTheNumbers() {
    List<ServiceEvent> events =
        List.of(
            event("a", "200", 10L, 0.1),
            event("b", "503", 30L, 0.2),
            event("c", null, null, null),
            event("d", "499", 20L, 0.3));

    Map<String, List<String>> settled =
        Oracle.settled(EVENT_METRICS, Inputs.of(EVENT_METRICS.inputs().get(0), events), List.of());
    String numbers =
        "\"events\":4,\"errors\":1,\"error_rate\":0.25,\"average_millis\":20.0,"
            + "\"least_millis\":10,\"greatest_millis\":30,\"p50_millis\":20.0625";
    assertThat(settled.get("metrics"), contains(containsString(numbers)));
    assertThat(settled.get("users"), contains(containsString(numbers)));
    assertThat(settled.get("users"), contains(containsString("\"session\":\"unknown\"")));
    assertThat(settled.get("metrics"), contains(containsString("\"value_sum\":0.6,")));
  }

  @Test
  void eventsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event("a", null, -1L, null))
            .getMessage(),
        containsString("latencyMillis is not within 0 and a week"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event("a", null, null, Double.NaN))
            .getMessage(),
        containsString("value is not a number"));
  }
}
