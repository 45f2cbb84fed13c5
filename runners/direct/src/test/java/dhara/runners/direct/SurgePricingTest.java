package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.geo.Geohash;
import dhara.pipelines.Analysis;
import dhara.pipelines.mobility.surge.Ping;
import dhara.pipelines.mobility.surge.Ride;
import dhara.pipelines.mobility.surge.Ride.Kind;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted surges are dear and nothing moves by more than a step; a table of events; refusals. */
class SurgePricingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Analysis<?> SURGE = Analysis.all().get("surge-pricing");
  private static final double LAT = 12.97;
  private static final double LON = 77.59;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void plantedSurgesAreDearAndGoUpAndDownByAtMostAStep(long seed) throws JsonProcessingException {
    int count = 2_500;
    Set<String> planted =
        SURGE
            .scenario()
            .events(seed, count)
            .filter(given -> given.planted().equals("surge"))
            .map(given -> (Ride) given.event())
            .map(ride -> Geohash.of(ride.lat(), ride.lon(), 6))
            .collect(Collectors.toSet());

    Map<String, Map<Instant, Double>> prices = new TreeMap<>();
    for (String row :
        Oracle.settled(SURGE, Inputs.of(SURGE, seed, count), List.of()).get("surge")) {
      JsonNode surge = JSON.readTree(row);
      prices
          .computeIfAbsent(surge.get("cell").asText(), cell -> new TreeMap<>())
          .put(Instant.parse(surge.get("window_end").asText()), surge.get("multiplier").asDouble());
    }

    assertThat(planted.size(), is(1));
    for (String cell : planted) {
      double most = prices.get(cell).values().stream().max(Double::compare).orElseThrow();
      assertThat(most, is(greaterThanOrEqualTo(2.8)));
    }
    prices.forEach(
        (cell, of) ->
            of.forEach(
                (end, price) -> {
                  double before = of.getOrDefault(end.minusSeconds(60), 1.0);
                  assertThat(cell + end, Math.abs(price - before), is(lessThan(0.3001)));
                  assertThat(cell + end, price, is(greaterThanOrEqualTo(1.0)));
                }));
  }

  private static Ride ride(
      String id, String time, Kind kind, @Nullable String driver, @Nullable Double lon) {
    Double lat = lon == null ? null : LAT;
    return new Ride(
        id, Instant.parse("2026-01-05T" + time + "Z"), "r" + id, kind, driver, lat, lon, null);
  }

  private static Ping ping(String id, String time, String driver, @Nullable String ride) {
    return new Ping(id, Instant.parse("2026-01-05T" + time + "Z"), driver, LAT, LON, ride);
  }

  private static final List<Ride> RIDES =
      List.of(
          ride("a", "10:00:10", Kind.REQUEST, null, LON),
          ride("b", "10:00:20", Kind.REQUEST, null, LON),
          ride("c", "10:00:30", Kind.OFFER, "d1", null),
          ride("d", "10:00:40", Kind.ACCEPT, "d2", null),
          ride("e", "10:01:30", Kind.CANCEL, "d2", null));

  private static final List<Ping> PINGS =
      List.of(
          ping("a", "10:00:05", "d1", null),
          ping("b", "10:00:15", "d1", null),
          ping("c", "10:00:20", "d2", null),
          ping("d", "10:00:59.999", "d3", "busy"),
          ping("e", "10:01:10", "d2", "rd"));

  /** The prices of a cell as end, requests, drivers, wanted, multiplier. */
  private static List<String> prices(List<String> rows, String cell) throws IOException {
    List<String> prices = new ArrayList<>();
    for (String row : rows) {
      JsonNode surge = JSON.readTree(row);
      if (surge.get("cell").asText().equals(cell)) {
        prices.add(
            "%s %s %s %s %s"
                .formatted(
                    surge.get("window_end").asText().substring(11, 16),
                    surge.get("requests"),
                    surge.get("drivers"),
                    surge.get("wanted"),
                    surge.get("multiplier")));
      }
    }
    return prices;
  }

  @Test
  void driversCountOnceWhereTheyWereLastAndOnlyIfFreeAndPricesMoveByStepsUntilTheyAreOne(
      @TempDir Path folder) throws IOException {
    Path rides = folder.resolve("rides.jsonl");
    Path pings = folder.resolve("pings.jsonl");
    List<String> lines = new ArrayList<>();
    for (Ride ride : RIDES) {
      lines.add(
          "{\"id\":\"%s\",\"at\":\"%s\",\"ride\":\"%s\",\"kind\":\"%s\",\"driver\":%s,\"lat\":%s,\"lon\":%s}"
              .formatted(
                  ride.id(),
                  ride.at(),
                  ride.ride(),
                  ride.kind(),
                  text(ride.driver()),
                  ride.lat(),
                  ride.lon()));
    }
    Files.write(rides, lines);
    lines.clear();
    for (Ping ping : PINGS) {
      lines.add(
          "{\"id\":\"%s\",\"at\":\"%s\",\"driver\":\"%s\",\"lat\":%s,\"lon\":%s,\"ride\":%s}"
              .formatted(
                  ping.id(), ping.at(), ping.driver(), ping.lat(), ping.lon(), text(ping.ride())));
    }
    Files.write(pings, lines);
    List<String> options =
        List.of("--window=PT1M", "--every=PT1M", "--multipliers=2:1.5", "--mostStep=0.3");
    List<String> command =
        new ArrayList<>(
            List.of(
                "surge-pricing",
                "--events=rides=" + rides,
                "--events=pings=" + pings,
                "--answers=files:" + folder.resolve("out")));
    command.addAll(options);
    var unused = Command.done(command);

    List<String> rows = SettledAnswers.in(folder.resolve("out/surge"));
    assertThat(
        prices(rows, Geohash.of(LAT, LON, 6)),
        is(
            List.of(
                // d1 is free, d2 has accepted, d3 is on a ride: two requests for one driver
                "10:01 2 1 1.5 1.3",
                // d2 has cancelled since the ping that was on a ride
                "10:02 0 1 1.0 1.0")));
    assertThat(
        Oracle.settled(SURGE, new Inputs(Map.of("rides", RIDES, "pings", PINGS)), options)
            .get("surge"),
        is(rows));
  }

  private static String text(@Nullable String value) {
    return value == null ? "null" : "\"" + value + "\"";
  }

  @Test
  void whereNobodyIsAvailableTheGreatestMultiplierIsWantedAndItFallsWithoutEvents()
      throws IOException {
    Map<String, List<? extends Record>> inputs =
        Map.of(
            "rides",
            List.of(
                ride("a", "10:00:10", Kind.REQUEST, null, LON),
                ride("b", "10:01:10", Kind.REQUEST, null, LON)),
            "pings",
            List.of());

    assertThat(
        prices(
            Oracle.settled(SURGE, new Inputs(inputs), List.of("--window=PT1M", "--every=PT1M"))
                .get("surge"),
            Geohash.of(LAT, LON, 6)),
        is(
            List.of(
                "10:01 1 0 3.0 1.3",
                "10:02 1 0 3.0 1.6",
                "10:03 0 0 1.0 1.3",
                "10:04 0 0 1.0 1.0")));
  }

  @Test
  void aZoneIsACellOfItsOwn(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("rides.jsonl"),
            """
            {"id":"a","at":"2026-01-05T10:00:10Z","ride":"a","kind":"REQUEST","zone":"230"}
            {"id":"b","at":"2026-01-05T10:00:20Z","ride":"b","kind":"REQUEST","zone":"230"}
            {"id":"c","at":"2026-01-05T10:00:20Z","ride":"c","kind":"REQUEST","zone":"231"}
            """);

    var unused =
        Command.done(
            List.of(
                "surge-pricing",
                "--events=rides=" + file,
                "--window=PT1M",
                "--every=PT1M",
                "--mostStep=2",
                "--answers=files:" + folder.resolve("out")));

    List<String> rows = SettledAnswers.in(folder.resolve("out/surge"));
    assertThat(prices(rows, "zone:230"), is(List.of("10:01 2 0 3.0 3.0", "10:02 0 0 1.0 1.0")));
    assertThat(prices(rows, "zone:231"), is(List.of("10:01 1 0 3.0 3.0", "10:02 0 0 1.0 1.0")));
    assertThat(rows.size(), is(4));
  }

  @Test
  void eventsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> ride("a", "10:00:00", Kind.REQUEST, null, null))
            .getMessage(),
        containsString("REQUEST needs lat and lon"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> ride("a", "10:00:00", Kind.ACCEPT, null, null))
            .getMessage(),
        containsString("ACCEPT needs driver"));
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () -> new Ping("a", Instant.EPOCH, "d", 91, 0, null))
            .getMessage(),
        containsString("lat is not within"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--multipliers=",
        "--multipliers=2",
        "--multipliers=2:1.555",
        "--multipliers=2:2,1:3",
        "--multipliers=1:2,2:1.5",
        "--multipliers=1:0.5",
        "--mostStep=0",
        "--mostStep=0.333",
        "--cellLetters=0",
        "--cellLetters=13",
        "--neighbourPercent=-1",
        "--every=PT2M"
      })
  void optionsThatMakeNoSenseAreRefusedByTheirName(String option, @TempDir Path folder)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("rides.jsonl"),
            "{\"id\":\"a\",\"at\":\"2026-01-05T10:00:00Z\",\"ride\":\"r\",\"kind\":\"CANCEL\"}\n");

    Command run = Command.run(List.of("surge-pricing", "--events=rides=" + file, option));

    assertThat(run.exit(), is(not(0)));
    assertThat(run.err(), containsString(option.substring(0, option.indexOf('='))));
  }
}
