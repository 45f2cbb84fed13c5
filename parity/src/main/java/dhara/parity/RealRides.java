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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trips of Chicago's taxis as requests for rides. There are no drivers, so it is about the demand
 * of cells and windows. Times are full quarters of an hour, so that a window is one.
 */
interface RealRides {

  /** The first of 15,000: enough for some thousand cells and windows. */
  int LINES = 4_000;

  @Test
  default void requestsOfTaxisPerCellEqualANaiveRecount(@TempDir Path folder) throws IOException {
    Map<String, Long> expected = new TreeMap<>();
    Set<List<String>> seen = new HashSet<>();
    long counted = 0;
    long dead = 0;
    List<String> lines =
        Files.readAllLines(RealData.data().resolve("chicago_taxi/data.csv")).subList(0, LINES);
    Path trips = Files.write(folder.resolve("trips.csv"), lines);
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
    Map<String, Long> found = new TreeMap<>();
    for (String row : SettledAnswers.in(out.resolve("surge"))) {
      JsonNode surge = new ObjectMapper().readTree(row);
      if (surge.get("requests").asLong() > 0) {
        found.put(
            surge.get("cell").asText() + " " + Instant.parse(surge.get("window_start").asText()),
            surge.get("requests").asLong());
      }
    }
    System.err.printf(
        "trips: %,d, without a place: %,d, cells and quarters: %,d%n",
        counted, dead, expected.size());
    assertThat(found, is(expected));
  }
}
