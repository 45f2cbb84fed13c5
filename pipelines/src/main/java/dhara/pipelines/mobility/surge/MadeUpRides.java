package dhara.pipelines.mobility.surge;

import dhara.pipelines.Scenario.Given;
import dhara.pipelines.mobility.surge.Ride.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Made-up rides and drivers in the middle of Bengaluru, minute by minute. A request finds a driver
 * if one is free, and is cancelled otherwise. Planted are surges: for eight minutes, many riders
 * wait at one place to which no driver goes.
 */
final class MadeUpRides {

  /** What is planted in a request of a surge. */
  static final String SURGE = "surge";

  private static final Instant START = Instant.parse("2026-01-05T12:30:00Z");
  private static final double LAT = 12.9716;
  private static final double LON = 77.5946;
  private static final double WIDE = 0.024;
  private static final double SURGE_AWAY = 0.05;
  private static final long MINUTE = 60_000;
  private static final int DRIVERS = 16;
  private static final int PINGS_PER_MINUTE = 2;
  private static final int REQUESTS_PER_MINUTE = 2;
  private static final int SURGE_PER_MINUTE = 5;
  private static final int SURGE_EVERY = 20;
  private static final int SURGE_FROM = 4;
  private static final int SURGE_MINUTES = 8;

  /** A driver, and the last ride, from its acceptance to its end, in milliseconds. */
  private static final class Driving {

    private final String name;
    private double lat;
    private double lon;
    private String ride = "";
    private long from;
    private long until;

    Driving(String name, double lat, double lon) {
      this.name = name;
      this.lat = lat;
      this.lon = lon;
    }
  }

  private final SplittableRandom random;
  private final List<Driving> drivers = new ArrayList<>();
  private final List<Given<?>> ahead = new ArrayList<>();
  private long events;
  private long rides;

  private MadeUpRides(long seed) {
    random = new SplittableRandom(seed);
    for (int i = 0; i < DRIVERS; i++) {
      drivers.add(new Driving("D%02d".formatted(i), near(LAT), near(LON)));
    }
  }

  /** The first {@code count} events of a seed, in the order of their time. */
  static Stream<Given<?>> generate(long seed, long count) {
    MadeUpRides all = new MadeUpRides(seed);
    return LongStream.iterate(0, minute -> minute + 1)
        .boxed()
        .flatMap(minute -> all.minute(minute).stream())
        .limit(count);
  }

  private List<Given<?>> minute(long minute) {
    for (int i = 0; i < REQUESTS_PER_MINUTE; i++) {
      request(minute * MINUTE + random.nextLong(MINUTE), near(LAT), near(LON), false);
    }
    long since = minute % SURGE_EVERY;
    if (since >= SURGE_FROM && since < SURGE_FROM + SURGE_MINUTES) {
      for (int i = 0; i < SURGE_PER_MINUTE; i++) {
        request(
            minute * MINUTE + random.nextLong(MINUTE), LAT + SURGE_AWAY, LON + SURGE_AWAY, true);
      }
    }
    for (Driving driver : drivers) {
      for (int i = 0; i < PINGS_PER_MINUTE; i++) {
        long part = MINUTE / PINGS_PER_MINUTE;
        ping(driver, minute * MINUTE + i * part + random.nextLong(part));
      }
    }
    Instant end = at((minute + 1) * MINUTE);
    List<Given<?>> due =
        ahead.stream()
            .filter(given -> given.event().at().isBefore(end))
            .sorted(
                Comparator.comparing((Given<?> given) -> given.event().at())
                    .thenComparing(given -> given.event().id()))
            .toList();
    ahead.removeIf(given -> given.event().at().isBefore(end));
    return due;
  }

  private void request(long millis, double lat, double lon, boolean surge) {
    String ride = "ride-%05d".formatted(++rides);
    Given<Ride> request = ride(millis, ride, Kind.REQUEST, null, lat, lon);
    ahead.add(surge ? request.planted(SURGE) : request);
    Driving driver =
        surge ? null : drivers.stream().filter(d -> d.until < millis).findFirst().orElse(null);
    if (driver == null) {
      ahead.add(ride(millis + 60_000, ride, Kind.CANCEL, null, null, null));
      return;
    }
    ahead.add(ride(millis + 2_000, ride, Kind.OFFER, driver.name, null, null));
    ahead.add(ride(millis + 5_000, ride, Kind.ACCEPT, driver.name, null, null));
    boolean cancelled = random.nextInt(6) == 0;
    long start = millis + 40_000 + random.nextLong(60_000);
    long end = cancelled ? start : start + 120_000 + random.nextLong(240_000);
    if (cancelled) {
      ahead.add(ride(end, ride, Kind.CANCEL, driver.name, null, null));
    } else {
      ahead.add(ride(start, ride, Kind.START, driver.name, null, null));
      ahead.add(ride(end, ride, Kind.END, driver.name, null, null));
    }
    driver.ride = ride;
    driver.from = millis + 5_000;
    driver.until = end;
  }

  private void ping(Driving driver, long millis) {
    driver.lat = step(driver.lat, LAT);
    driver.lon = step(driver.lon, LON);
    boolean riding = millis >= driver.from && millis < driver.until;
    ahead.add(
        SurgePricing.PINGS.given(
            new Ping(
                "G%07d".formatted(++events),
                at(millis),
                driver.name,
                driver.lat,
                driver.lon,
                riding ? driver.ride : null)));
  }

  private Given<Ride> ride(
      long millis,
      String ride,
      Kind kind,
      @Nullable String driver,
      @Nullable Double lat,
      @Nullable Double lon) {
    return SurgePricing.RIDES.given(
        new Ride("R%07d".formatted(++events), at(millis), ride, kind, driver, lat, lon, null));
  }

  private double near(double middle) {
    return rounded(middle + (random.nextDouble() - 0.5) * WIDE);
  }

  /** Some hundred metres, within the same bounds. */
  private double step(double from, double middle) {
    double to = rounded(from + (random.nextDouble() - 0.5) * WIDE / 10);
    return Math.abs(to - middle) > WIDE / 2 ? from : to;
  }

  private static double rounded(double degrees) {
    return Math.round(degrees * 1e6) / 1e6;
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }
}
