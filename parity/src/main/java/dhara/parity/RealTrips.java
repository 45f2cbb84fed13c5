package dhara.parity;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dhara.geo.Polyline;
import dhara.geo.Polyline.Place;
import dhara.pipelines.Analysis;
import dhara.pipelines.mobility.DeliveryEvent;
import dhara.pipelines.mobility.DeliveryEvent.Kind;
import dhara.testkit.Command;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import dhara.testkit.SettledAnswers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trips of Chicago's taxis as deliveries. They have no positions on the way, only where and when a
 * trip began and how long it took; so each has a straight route and two pings, and what is tested
 * is distances, speeds and ends on real places, and not how routes are followed.
 */
interface RealTrips {

  /** Trips that are metered as at least this long can be compared with the way of the crow. */
  double LEAST_MILES = 1;

  /** Trips whose arrival is notified. */
  int NOTIFIED = 500;

  /** Dispatched, two pings, delivered. */
  int EVENTS_OF_A_TRIP = 4;

  @Test
  default void tripsOfTaxisAsDeliveriesEqualANaiveRecomputation(@TempDir Path folder)
      throws IOException {
    List<DeliveryEvent> events = new ArrayList<>();
    Map<String, Double> miles = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(RealData.data().resolve("chicago_taxi/data.csv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      boolean complete = !cells[6].isEmpty() && !cells[8].isEmpty() && !cells[15].isEmpty();
      if (complete && Double.parseDouble(cells[15]) > 0) {
        String trip = "trip-%05d".formatted(miles.size());
        miles.put(trip, cells[10].isEmpty() ? 0 : Double.parseDouble(cells[10]));
        events.addAll(trip(trip, cells));
      }
    }
    List<String> etas = settled("etas", events, folder.resolve("all"));
    assertThat(medianOfStraightByMetered(etas, miles), is(lessThan(1.0)));
    // An effect is a file of its own on the direct runner, so fewer trips are notified.
    List<String> arriving =
        settled(
            "arriving", events.subList(0, NOTIFIED * EVENTS_OF_A_TRIP), folder.resolve("notified"));
    assertThat(arriving.size(), is(greaterThan(0)));
  }

  /** The answers of an output, which equal those of the oracle. */
  private static List<String> settled(String output, List<DeliveryEvent> events, Path folder)
      throws IOException {
    Analysis<?> analysis = Analysis.all().get("delivery-eta");
    boolean acts = output.equals("arriving");
    Path file = Files.createDirectories(folder).resolve("trips.jsonl");
    Files.write(file, events.stream().map(RealTrips::json).toList());
    Path out = folder.resolve("out");

    Command run =
        Command.done(
            List.of(
                "delivery-eta", "--events=" + file, "--effects=" + acts, "--answers=files:" + out));

    assertThat(
        run.err(),
        containsString("read %,d = aggregated %,d ".formatted(events.size(), events.size())));
    List<String> oracle =
        Oracle.settled(analysis, Inputs.of(analysis.inputs().get(0), events), List.of())
            .get(output);
    assertThat(output, SettledAnswers.in(out.resolve(output)), is(oracle));
    return oracle;
  }

  private static List<DeliveryEvent> trip(String trip, String[] cells) {
    Instant start = Instant.ofEpochSecond(Long.parseLong(cells[5]));
    Instant end = start.plusSeconds((long) Double.parseDouble(cells[15]));
    Place from = new Place(Double.parseDouble(cells[6]), Double.parseDouble(cells[7]));
    Place to = new Place(Double.parseDouble(cells[8]), Double.parseDouble(cells[9]));
    String route = Polyline.encode(List.of(from, to));
    return List.of(
        new DeliveryEvent(
            trip + "-1", start, trip, Kind.DISPATCHED, "taxi", end, route, null, null),
        ping(trip + "-2", start, trip, from),
        ping(trip + "-3", end, trip, to),
        new DeliveryEvent(trip + "-4", end, trip, Kind.DELIVERED, null, null, null, null, null));
  }

  private static DeliveryEvent ping(String id, Instant at, String trip, Place place) {
    return new DeliveryEvent(id, at, trip, Kind.PING, null, null, null, place.lat(), place.lon());
  }

  private static String json(DeliveryEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", event.id());
    fields.put("at", event.at().toString());
    fields.put("delivery", event.delivery());
    fields.put("kind", event.kind().name());
    fields.put("courier", event.courier());
    fields.put("promised_at", event.promisedAt() == null ? null : event.promisedAt().toString());
    fields.put("route", event.route());
    fields.put("lat", event.lat());
    fields.put("lon", event.lon());
    return new ObjectMapper().valueToTree(fields).toString();
  }

  private static double medianOfStraightByMetered(List<String> etas, Map<String, Double> miles)
      throws IOException {
    List<Double> shares = new ArrayList<>();
    for (String eta : etas) {
      JsonNode row = new ObjectMapper().readTree(eta);
      double metered = miles.get(row.get("delivery").asText()) * 1_609.344;
      if (row.get("status").asText().equals("DISPATCHED") && metered >= LEAST_MILES * 1_609.344) {
        shares.add(row.get("left_metres").asLong() / metered);
      }
    }
    assertThat(shares.size(), is(greaterThan(100)));
    shares.sort(null);
    double median = shares.get(shares.size() / 2);
    System.err.printf(
        "taxi trips: %,d; of those of a mile or more the straight way is %.0f %% of the metered%n",
        miles.size(), 100 * median);
    return median;
  }
}
