package dhara.pipelines.mobility;

import dhara.geo.Polyline;
import dhara.geo.Polyline.Place;
import dhara.pipelines.Scenario.Given;
import dhara.pipelines.Upcoming;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Made-up deliveries in Bengaluru: couriers who follow their routes with a satellite receiver that
 * errs by some metres. Some go silent for six to nine minutes or for good, and some are promised
 * sooner than anybody could bring them.
 */
final class Deliveries {

  /** What is planted in the last event before a silence. */
  static final String SILENT = "silent";

  /** What is planted in the dispatch of a delivery that cannot be on time. */
  static final String LATE = "late";

  private static final Instant START = Instant.parse("2026-01-05T12:30:00Z");
  private static final double LAT = 12.9716;
  private static final double LON = 77.5946;
  private static final double DEGREES_PER_KM = 1 / 111.195;

  private final SplittableRandom random;
  private final Upcoming<Given<?>> upcoming = Upcoming.given();
  private long millis;
  private long made;
  private long deliveries;

  private Deliveries(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    return Stream.<Given<?>>generate(new Deliveries(seed)::next).limit(count);
  }

  private Given<?> next() {
    // Events that are due before the next delivery can be output now.
    while (!upcoming.anyBefore(START.plusMillis(millis))) {
      deliver();
    }
    return upcoming.next();
  }

  private void deliver() {
    millis += 10_000L + random.nextInt(40_000);
    String delivery = "D%05d".formatted(++deliveries);
    List<Place> route = route();
    double kmPerHour = 18 + random.nextInt(12);
    double lengthKm = lengthKm(route);
    long rideMillis = (long) (lengthKm / kmPerHour * 3_600_000);
    boolean late = random.nextInt(5) == 0;
    boolean silent = !late && random.nextInt(5) == 0;
    Instant promised = at(late ? rideMillis / 3 : 2 * rideMillis + 600_000);
    Given<DeliveryEvent> dispatched =
        DeliveryEta.DELIVERIES.given(
            DeliveryEvent.dispatched(
                id(), at(0), delivery, "C" + random.nextInt(40), promised, Polyline.encode(route)));
    upcoming.add(late ? dispatched.planted(LATE) : dispatched);

    long silentAt = silent ? rideMillis / 3 : Long.MAX_VALUE;
    double doneKm = 0;
    long elapsed = 0;
    while (doneKm < lengthKm) {
      long pause = 4_000L + random.nextInt(16_000);
      boolean last = elapsed >= silentAt;
      elapsed += pause;
      doneKm += kmPerHour * (0.6 + 0.8 * random.nextDouble()) * pause / 3_600_000;
      Place place = noisy(along(route, doneKm));
      Given<DeliveryEvent> ping =
          DeliveryEta.DELIVERIES.given(
              DeliveryEvent.ping(id(), at(elapsed), delivery, place.lat(), place.lon()));
      upcoming.add(last ? ping.planted(SILENT) : ping);
      if (last) {
        if (random.nextBoolean()) {
          return; // for good
        }
        silentAt = Long.MAX_VALUE;
        elapsed += 360_000L + random.nextInt(180_000);
      }
    }
    upcoming.add(
        DeliveryEta.DELIVERIES.given(
            DeliveryEvent.delivered(id(), at(elapsed + random.nextInt(60_000)), delivery)));
  }

  /** Streets of some hundred metres, which turn by up to a right angle. */
  private List<Place> route() {
    List<Place> route = new ArrayList<>();
    double lat = LAT + (random.nextDouble() - 0.5) / 10;
    double lon = LON + (random.nextDouble() - 0.5) / 10;
    double heading = random.nextDouble() * 2 * Math.PI;
    for (int corner = 8 + random.nextInt(10); corner >= 0; corner--) {
      route.add(new Place(lat, lon));
      double km = 0.3 + 0.4 * random.nextDouble();
      lat += km * Math.cos(heading) * DEGREES_PER_KM;
      lon += km * Math.sin(heading) * DEGREES_PER_KM / Math.cos(Math.toRadians(LAT));
      heading += (random.nextDouble() - 0.5) * Math.PI;
    }
    return Polyline.decode(Polyline.encode(route));
  }

  private static double lengthKm(List<Place> route) {
    double km = 0;
    for (int i = 1; i < route.size(); i++) {
      km += km(route.get(i - 1), route.get(i));
    }
    return km;
  }

  private static double km(Place from, Place to) {
    double north = (to.lat() - from.lat()) / DEGREES_PER_KM;
    double east = (to.lon() - from.lon()) / DEGREES_PER_KM * Math.cos(Math.toRadians(LAT));
    return Math.hypot(north, east);
  }

  private static Place along(List<Place> route, double doneKm) {
    double left = doneKm;
    for (int i = 1; i < route.size(); i++) {
      Place from = route.get(i - 1);
      Place to = route.get(i);
      double piece = km(from, to);
      if (left < piece) {
        double share = left / piece;
        return new Place(
            from.lat() + share * (to.lat() - from.lat()),
            from.lon() + share * (to.lon() - from.lon()));
      }
      left -= piece;
    }
    return route.get(route.size() - 1);
  }

  /** Up to ten metres away, with six decimals. */
  private Place noisy(Place place) {
    return new Place(noisy(place.lat()), noisy(place.lon()));
  }

  private double noisy(double degrees) {
    double error = (random.nextDouble() - 0.5) * 0.02 * DEGREES_PER_KM;
    return Math.round((degrees + error) * 1e6) / 1e6;
  }

  private Instant at(long later) {
    return START.plusMillis(millis + later);
  }

  private String id() {
    return "E%08d".formatted(++made);
  }
}
