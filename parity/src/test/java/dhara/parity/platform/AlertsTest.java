package dhara.parity.platform;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.platform.alerts.Alerts;
import dhara.testkit.Built;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.transforms.alert.AlertEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was planted is told as it should be, and nothing vanishes uncounted. */
class AlertsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> ALERTS = Analysis.all().get("alerts");

  /** No other episode begins within this time after one, and most is over by then. */
  private static final Duration EPISODE = Duration.ofMinutes(40);

  /** Enough for each kind of episode. */
  private static final int EVENTS = 250;

  private static List<JsonNode> rows(long seed, List<String> options, String output)
      throws JsonProcessingException {
    List<JsonNode> rows = new ArrayList<>();
    for (String row :
        Oracle.settled(ALERTS, Inputs.of(ALERTS, seed, EVENTS), options).get(output)) {
      rows.add(JSON.readTree(row));
    }
    rows.sort((a, b) -> at(a).compareTo(at(b)));
    return rows;
  }

  private static Instant at(JsonNode row) {
    return Instant.parse(row.get("window_start").asText());
  }

  /** The time of the first event of each kind of episode. */
  private static Map<String, Instant> planted(long seed) {
    Map<String, Instant> planted = new TreeMap<>();
    ALERTS
        .scenario()
        .events(seed, EVENTS)
        .filter(given -> !given.planted().isEmpty())
        .forEach(given -> planted.putIfAbsent(given.planted(), given.event().at()));
    return planted;
  }

  /** What is told of a type in the time of an episode from a moment: {@code FIRING 24/0}. */
  private static List<String> told(List<JsonNode> rows, Instant from, String type) {
    return rows.stream()
        .filter(row -> !at(row).isBefore(from) && at(row).isBefore(from.plus(EPISODE)))
        .filter(row -> row.get("alerts").path(0).path("type").asText().startsWith(type))
        .map(
            row ->
                "%s %d/%d"
                    .formatted(
                        row.get("status").asText(),
                        row.get("firing").asLong(),
                        row.get("resolved").asLong()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachEpisodeIsToldByTheStandardRoutes(long seed) throws JsonProcessingException {
    Map<String, Instant> planted = planted(seed);
    List<JsonNode> rows = rows(seed, List.of(), "notifications");

    assertThat(
        planted.keySet(),
        is(
            Set.of(
                "storm",
                "flapping",
                "outage",
                "brief",
                "lasting",
                "maintenance",
                "flood",
                "forgotten")));
    List<String> storm = told(rows, planted.get("storm"), "latency");
    assertThat("24 alerts are one notification", storm.get(0), is("FIRING 24/0"));
    assertThat(storm.get(storm.size() - 1), startsWith("RESOLVED 0/"));
    assertThat(storm.size() < 5, is(true));
    assertThat(
        told(rows, planted.get("flapping"), "error_rate"), contains("FIRING 1/0", "RESOLVED 0/1"));
    assertThat(
        told(rows, planted.get("outage"), "zone_down"), contains("FIRING 1/0", "RESOLVED 0/1"));
    assertThat(
        "at once",
        rows.stream().map(AlertsTest::at).anyMatch(at -> at.equals(planted.get("outage"))),
        is(true));
    assertThat(told(rows, planted.get("brief"), "error_rate"), is(empty()));
    assertThat(
        "told, and again after four hours",
        told(rows, planted.get("lasting").plus(Duration.ofHours(4)), "disk_full").get(0),
        is("FIRING 1/0"));
    List<String> flood = told(rows, planted.get("flood").minusSeconds(60), "check_");
    assertThat(flood, hasSize(30));
    List<JsonNode> forgotten =
        rows.stream()
            .filter(row -> row.get("alerts").path(0).path("type").asText().equals("queue_length"))
            .toList();
    assertThat(
        "it times out", forgotten.get(forgotten.size() - 1).get("status").asText(), is("RESOLVED"));
    assertThat(
        forgotten.stream().filter(row -> row.get("repeat").asBoolean()).toList(),
        hasSize(greaterThan(4)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theRulesOfAFileKeepQuietWhatTheySay(long seed) throws JsonProcessingException {
    List<String> options = Oracle.of("alerts").runs().get(1);
    Map<String, Instant> planted = planted(seed);
    List<JsonNode> rows = rows(seed, options, "notifications");

    Instant outage = planted.get("outage");
    List<JsonNode> duringTheOutage =
        rows.stream()
            .filter(row -> !at(row).isBefore(outage))
            .filter(row -> at(row).isBefore(outage.plusSeconds(1_200)))
            .filter(row -> row.get("alerts").path(0).path("type").asText().equals("error_rate"))
            .toList();
    assertThat("inhibited", duringTheOutage, is(empty()));
    List<String> lab = new ArrayList<>();
    rows.forEach(row -> row.get("alerts").forEach(alert -> lab.add(alert.get("labels").asText())));
    assertThat("silenced", lab, everyItem(not(containsString("service=lab0"))));
    assertThat(lab.stream().anyMatch(labels -> labels.contains("service=lab1")), is(true));
    List<JsonNode> flood =
        rows.stream().filter(row -> row.get("receiver").asText().equals("log")).toList();
    Map<String, Long> statuses =
        flood.stream()
            .filter(row -> row.get("route").asText().contains("check_"))
            .collect(
                Collectors.groupingBy(row -> row.get("status").asText(), Collectors.counting()));
    assertThat(
        "fifteen checks are at most five notifications in each of two quarters of an hour",
        statuses.get("FIRING") <= 10L * statuses.get("SUMMARY"),
        is(true));
    assertThat(statuses.get("RESOLVED") == null, is(true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void everyEventIsCounted(int run) throws JsonProcessingException {
    List<String> options = Oracle.of("alerts").runs().get(run);
    long alerts = 0;
    for (JsonNode row : rows(1, options, "routed")) {
      alerts += row.get("alerts").asLong();
      long became = 0;
      for (String column :
          List.of("notified", "grouped", "unchanged", "inhibited", "silenced", "capped")) {
        became += row.get(column).asLong();
      }
      assertThat(row.toString(), became, is(row.get("alerts").asLong()));
    }
    assertThat(alerts >= EVENTS, is(true));
  }

  @Test
  void badRoutesAreRefusedBeforeARunIsLaunched(@TempDir Path folder) {
    assertThat(
        assertThrows(
                BadOption.class,
                () ->
                    Built.overFiles(
                        ALERTS,
                        folder,
                        given -> given.as(Alerts.Options.class).setRoutes("no-such.yaml")))
            .getMessage(),
        startsWith("--routes=no-such.yaml: there is no such file"));
  }

  @Test
  void theScenarioIsInOrderWithUniqueIds() {
    List<AlertEvent> events =
        ALERTS.scenario().events(3, 2_000).map(Given::event).map(AlertEvent.class::cast).toList();
    assertThat(events.stream().map(AlertEvent::id).distinct().count(), is(2_000L));
    assertThat(
        events.stream().map(AlertEvent::at).toList(),
        is(events.stream().map(AlertEvent::at).sorted().toList()));
  }
}
