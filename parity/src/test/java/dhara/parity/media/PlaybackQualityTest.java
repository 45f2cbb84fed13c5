package dhara.parity.media;

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
import dhara.pipelines.Analysis;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.Shapes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted troubles are alerts until they are over, and nothing else is; numbers by hand. */
class PlaybackQualityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> QUALITY = Analysis.all().get("playback-quality");
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final Duration TURN = Duration.ofMinutes(5);

  /** A trouble of a place, by the turn of five minutes that it is in. */
  private static String trouble(String region, String measured, Instant at) {
    long turns = Duration.between(Instant.parse("2026-01-05T18:20:00Z"), at).dividedBy(TURN);
    return region + " " + measured + " " + turns;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eachPlantedTroubleIsOneAlertAndEndsAndThereAreNoOthers(long seed)
      throws JsonProcessingException {
    int count = 8_000;
    Inputs inputs = Inputs.of(QUALITY, seed, count);
    Instant newest = inputs.all().map(event -> event.at()).max(Instant::compareTo).orElseThrow();
    // Troubles near the end may not be alerts yet, or not be over.
    Instant known = newest.minus(Duration.ofMinutes(10));
    Set<String> planted = new TreeSet<>();
    QUALITY
        .scenario()
        .events(seed, count)
        .filter(given -> !given.planted().isEmpty())
        .filter(given -> !given.event().at().isAfter(known))
        .map(PlaybackQualityTest::planted)
        .forEach(planted::add);

    Map<String, List<String>> found = new TreeMap<>();
    for (String alert : Oracle.settled(QUALITY, inputs, List.of()).get("alerts")) {
      JsonNode row = JSON.readTree(alert);
      String trouble =
          trouble(
              row.get("region").asText(),
              row.get("measured").asText(),
              Instant.parse(row.get("since").asText()));
      if (planted.contains(trouble) || !Instant.parse(row.get("since").asText()).isAfter(known)) {
        found.computeIfAbsent(trouble, t -> new ArrayList<>()).add(row.get("state").asText());
      }
    }

    assertThat(planted.size(), is(greaterThan(12)));
    assertThat(found.keySet(), is(planted));
    found.values().forEach(states -> states.sort(null));
    assertThat(Set.copyOf(found.values()), is(Set.of(List.of("CLEARED", "RAISED"))));
  }

  private static String planted(Given<?> given) {
    Playback event = (Playback) given.event();
    // What begins in the last seconds of a trouble may be told after it.
    return trouble(event.region(), given.planted(), event.at().minusSeconds(15));
  }

  private static Playback event(
      int second, String user, Kind kind, @Nullable Long millis, @Nullable Long kbps) {
    boolean startup = kind == Kind.STARTUP;
    return new Playback(
        user + second,
        NOON.plusSeconds(second),
        user,
        "film",
        null,
        kind,
        null,
        startup ? null : millis,
        kbps,
        startup ? millis : null,
        null,
        "north",
        "TV",
        null,
        null,
        null);
  }

  @Test
  void aWindowsNumbersAreThoseOfItsPlayers() {
    List<Playback> events =
        List.of(
            event(0, "ana", Kind.START, null, null),
            event(1, "ana", Kind.STARTUP, 1_000L, null),
            event(2, "bo", Kind.START, null, null),
            event(6, "bo", Kind.STARTUP, 4_000L, null),
            // Three times as long at 1,000 kbit/s as at 5,000.
            event(31, "ana", Kind.HEARTBEAT, 30_000L, 1_000L),
            event(32, "ana", Kind.BUFFER, 5_000L, null),
            event(40, "bo", Kind.HEARTBEAT, null, 5_000L),
            event(41, "bo", Kind.BUFFER, null, null),
            event(50, "cy", Kind.ERROR, null, null),
            event(51, "cy", Kind.ERROR, null, null),
            event(52, "di", Kind.PAUSE, 600_000L, null));

    assertThat(
        Oracle.settled(QUALITY, Inputs.of(QUALITY.inputs().get(0), events), List.of())
            .get("quality"),
        contains(
            "{\"region\":\"north\",\"device\":\"TV\","
                + "\"window_start\":\"2026-01-05T12:00:00.000Z\","
                + "\"window_end\":\"2026-01-05T12:01:00.000Z\",\"viewers\":4,\"affected\":3,"
                + "\"starts\":2,\"errors\":2,\"error_rate\":0.25,\"played_millis\":40000,"
                + "\"stalled_millis\":5000,\"buffering_ratio\":0.1111111111111111,"
                + "\"startup_p50_millis\":1000.0,\"startup_p95_millis\":4000.0,"
                + "\"startup_p99_millis\":4000.0,\"mean_bitrate_kbps\":2000.0}"));
  }

  @Test
  void aWindowOfFewViewersBeginsAndEndsNoAlert() {
    List<Playback> events =
        List.of(
            event(0, "ana", Kind.ERROR, null, null),
            event(60, "ana", Kind.ERROR, null, null),
            event(61, "bo", Kind.HEARTBEAT, null, null),
            event(120, "ana", Kind.HEARTBEAT, null, null),
            event(180, "ana", Kind.HEARTBEAT, null, null),
            event(181, "bo", Kind.HEARTBEAT, null, null));

    List<String> alerts =
        Oracle.settled(
                QUALITY, Inputs.of(QUALITY.inputs().get(0), events), List.of("--leastViewers=2"))
            .get("alerts");

    assertThat(
        alerts,
        contains(
            containsString(
                "2026-01-05T12:01:59.999Z/CLEARED\",\"region\":\"north\",\"device\":\"TV\","
                    + "\"measured\":\"error_rate\",\"window_start\":\"2026-01-05T12:03:59.999Z\""),
            containsString(
                "2026-01-05T12:01:59.999Z/RAISED\",\"region\":\"north\",\"device\":\"TV\","
                    + "\"measured\":\"error_rate\",\"window_start\":\"2026-01-05T12:01:59.999Z\"")));
  }

  @Test
  void playbacksThatCannotBeAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event(0, "ana", Kind.BUFFER, -1L, null))
            .getMessage(),
        is("durationMillis is negative: -1"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> event(0, "ana", Kind.HEARTBEAT, null, 1_000_001L))
            .getMessage(),
        is("bitrateKbps is above 1,000,000, which no player can mean: 1000001"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> event(0, "ana", Kind.STARTUP, 604_800_001L, null))
            .getMessage(),
        is("startupMillis is above 604,800,000, which no player can mean: 604800001"));
  }

  @ParameterizedTest
  @CsvSource({
    "--bufferingAbove=5, 'is a share, above 0 and below 1, e.g. --bufferingAbove=0.05 for 5 %'",
    "--errorsAbove=0, 'is a share, above 0 and below 1, e.g. --errorsAbove=0.01 for 1 %'",
    "--startupAbove=PT0S, 'must be at least a millisecond, e.g. --startupAbove=PT3S'",
    "--heartbeat=PT2H, 'is not between zero and an hour, e.g. --heartbeat=PT10S'"
  })
  void limitsThatMakeNoSenseAreRefused(String option, String said) {
    assertThat(
        assertThrows(BadOption.class, () -> Shapes.of(QUALITY, List.of(option))).getMessage(),
        containsString(said));
  }
}
