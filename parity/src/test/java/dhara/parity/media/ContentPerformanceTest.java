package dhara.parity.media;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.options.BadOption;
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Titles do as the scenario has planned; numbers by hand; days of a zone. */
class ContentPerformanceTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> PERFORMANCE = Analysis.all().get("content-performance");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aHitIsCompletedAFlopIsNotAndAGrainyFilmIsOfLowBitrate(long seed)
      throws JsonProcessingException {
    int count = 8_000;
    Map<String, Long> starts =
        PERFORMANCE
            .scenario()
            .events(seed, count)
            .map(Given::planted)
            .filter(planted -> !planted.isEmpty())
            .collect(Collectors.groupingBy(planted -> planted, Collectors.counting()));
    Map<String, JsonNode> rows = new HashMap<>();
    for (String row :
        Oracle.settled(PERFORMANCE, Inputs.of(PERFORMANCE, seed, count), List.of("--since=ever"))
            .get("performance")) {
      JsonNode json = JSON.readTree(row);
      rows.put(json.get("content").asText(), json);
    }

    assertThat(rows.keySet(), is(starts.keySet()));
    rows.forEach((title, row) -> assertThat(row.get("starts").asLong(), is(starts.get(title))));
    assertThat(rows.get("hit").get("completion_rate").asDouble(), is(greaterThan(0.75)));
    assertThat(rows.get("flop").get("completion_rate").asDouble(), is(lessThan(0.25)));
    assertThat(rows.get("grainy").get("mean_bitrate_kbps").asDouble(), is(lessThan(625.0)));
    assertThat(rows.get("hit").get("mean_bitrate_kbps").asDouble(), is(greaterThan(3_000.0)));
    assertThat(rows.get("grainy").get("genre").asText(), is("unknown"));
  }

  private static Playback event(
      String at, String user, Kind kind, @Nullable Long millis, @Nullable Long kbps) {
    return new Playback(
        user + at,
        Instant.parse(at),
        user,
        "film",
        null,
        kind,
        null,
        millis,
        kbps,
        null,
        null,
        null,
        null,
        "Hindi",
        null,
        "drama");
  }

  @Test
  void aDayIsOneOfTheZoneAndWhoIsThroughAfterMidnightCompletesOnTheNext() {
    List<Playback> events =
        List.of(
            event("2026-01-05T18:00:00Z", "ana", Kind.START, null, null),
            event("2026-01-05T18:10:00Z", "ana", Kind.HEARTBEAT, 600_000L, 2_000L),
            event("2026-01-05T18:10:30Z", "ana", Kind.BUFFER, 30_000L, null),
            event("2026-01-05T18:20:00Z", "bo", Kind.START, null, null),
            event("2026-01-05T18:20:01Z", "bo", Kind.PAUSE, 300_000L, null),
            event("2026-01-05T18:29:59Z", "bo", Kind.HEARTBEAT, null, 8_000L),
            event("2026-01-05T18:30:00Z", "ana", Kind.COMPLETE, null, null));

    String key = "{\"content\":\"film\",\"language\":\"Hindi\",\"genre\":\"drama\",";
    assertThat(
        Oracle.settled(
                PERFORMANCE,
                Inputs.of(PERFORMANCE.inputs().get(0), events),
                List.of("--timeZone=Asia/Kolkata"))
            .get("performance"),
        contains(
            key
                + "\"window_start\":\"2026-01-04T18:30:00.000Z\","
                + "\"window_end\":\"2026-01-05T18:30:00.000Z\",\"viewers\":2,\"starts\":2,"
                + "\"completions\":0,\"completion_rate\":0.0,\"watch_millis\":610000,"
                + "\"watch_per_viewer_millis\":305000,\"mean_bitrate_kbps\":2098.3606557377047,"
                + "\"buffering_ratio\":0.046875}",
            key
                + "\"window_start\":\"2026-01-05T18:30:00.000Z\","
                + "\"window_end\":\"2026-01-06T18:30:00.000Z\",\"viewers\":1,\"starts\":0,"
                + "\"completions\":1,\"completion_rate\":null,\"watch_millis\":0,"
                + "\"watch_per_viewer_millis\":0,\"mean_bitrate_kbps\":null,"
                + "\"buffering_ratio\":null}"));
  }

  @Test
  void aHeartbeatStandsForSomeTime() {
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(PERFORMANCE, List.of("--heartbeat=PT0S")))
            .getMessage(),
        containsString(
            "--heartbeat=PT0S: is not between zero and an hour, e.g. --heartbeat=PT10S"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> event("2026-01-05T18:00:00Z", "ana", Kind.HEARTBEAT, -1L, null))
            .getMessage(),
        is("durationMillis is negative: -1"));
  }
}
