package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.parity.mobility.SurgePricingOracle;
import dhara.testkit.Command;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trips of taxis of Chicago and New York as requests for rides. There are no drivers, so it is
 * about the demand of cells and windows. Chicago's times are full quarters of an hour, so that a
 * window is one.
 */
interface RealRides {

  int TRIPS_OF_A_MONTH = 10_000;

  @Test
  default void requestsOfTaxisPerCellEqualANaiveRecount(@TempDir Path folder) throws IOException {
    Map<String, Long> expected = new TreeMap<>();
    Set<List<String>> seen = new HashSet<>();
    long counted = 0;
    long dead = 0;
    Path trips = RealData.data().resolve("chicago_taxi/data.csv");
    List<String> lines = Files.readAllLines(trips);
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = RealData.cells(line);
      String lat = cells.get(6);
      String lon = cells.get(7);
      if (lat.isEmpty() || lon.isEmpty()) {
        dead++;
      } else if (seen.add(List.of(5, 6, 7, 15, 10, 1, 17, 14).stream().map(cells::get).toList())) {
        counted++;
        String cell =
            SurgePricingOracle.geohash(Double.parseDouble(lat), Double.parseDouble(lon), 6);
        Instant start = Instant.ofEpochSecond(Long.parseLong(cells.get(5)));
        expected.merge(cell + " " + start, 1L, Long::sum);
      }
    }
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            List.of(
                "surge-pricing",
                "--events=rides=" + trips + "?format=csv",
                "--map=" + RealData.repository().resolve("mappings/chicago-taxi.map"),
                "--maxDeadLetters=100000",
                "--window=PT15M",
                "--every=PT15M",
                "--answers=files:" + out));

    assertThat(
        run.err(), containsString("aggregated %,d + dead-lettered %,d ".formatted(counted, dead)));
    System.err.printf(
        "trips: %,d, without a place: %,d, cells and quarters: %,d%n",
        counted, dead, expected.size());
    assertThat(requests(out), is(expected));
  }

  /** Requests by cell and start of the window, where there are any. */
  private static Map<String, Long> requests(Path out) throws IOException {
    Map<String, Long> found = new TreeMap<>();
    for (String row : SettledAnswers.in(out.resolve("surge"))) {
      JsonNode surge = new ObjectMapper().readTree(row);
      if (surge.get("requests").asLong() > 0) {
        found.put(
            surge.get("cell").asText() + " " + Instant.parse(surge.get("window_start").asText()),
            surge.get("requests").asLong());
      }
    }
    return found;
  }

  /** A month of trips, which are not sorted by time; {@code --from} is not needed. */
  @Test
  default void requestsOfTaxisPerZoneEqualANaiveRecount(@TempDir Path folder) throws IOException {
    Path trips = RealData.data().resolve("nyc_yellow_taxi/yellow_tripdata_sample_2019-01.csv.gz");
    Map<String, Long> expected = new TreeMap<>();
    Set<List<String>> seen = new HashSet<>();
    for (String line : RealData.unpacked(trips).subList(1, TRIPS_OF_A_MONTH + 1)) {
      List<String> cells = RealData.cells(line);
      if (seen.add(List.of(0, 1, 2, 7, 8, 4, 16).stream().map(cells::get).toList())) {
        Instant at =
            LocalDateTime.parse(cells.get(1).replace(' ', 'T'))
                .atZone(ZoneId.of("America/New_York"))
                .toInstant();
        Instant quarter = Instant.ofEpochSecond(at.getEpochSecond() / 900 * 900);
        expected.merge("zone:" + cells.get(7) + " " + quarter, 1L, Long::sum);
      }
    }
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            List.of(
                "surge-pricing",
                "--events=rides=" + trips,
                "--map=" + RealData.repository().resolve("mappings/nyc-yellow-taxi.map"),
                "--window=PT15M",
                "--every=PT15M",
                "--answers=files:" + out));

    assertThat(
        run.err(), containsString("aggregated %,d + dead-lettered 0 ".formatted(seen.size())));
    assertThat(requests(out), is(expected));
  }
}
