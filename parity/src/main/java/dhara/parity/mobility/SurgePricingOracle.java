package dhara.parity.mobility;

import com.google.auto.service.AutoService;
import dhara.events.Event;
import dhara.options.DharaOptions;
import dhara.pipelines.mobility.surge.Ping;
import dhara.pipelines.mobility.surge.Ride;
import dhara.pipelines.mobility.surge.Ride.Kind;
import dhara.pipelines.mobility.surge.SurgePricing;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Goes through the windows in order, and through all events of each. */
@AutoService(Oracle.class)
public final class SurgePricingOracle implements Oracle {

  private static final String LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz";

  @Override
  public String analysis() {
    return "surge-pricing";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(),
        List.of(
            "--window=PT4M",
            "--every=PT2M",
            "--cellLetters=7",
            "--neighbourPercent=60",
            "--multipliers=0.5:1.15,1:1.4,2.25:2",
            "--mostStep=0.25"));
  }

  @Override
  public long testEvents() {
    return 1_500;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    SurgePricing.Options options = given.as(SurgePricing.Options.class);
    Duration width = Objects.requireNonNullElse(options.getWindow(), Duration.ofMinutes(5));
    Duration every = Objects.requireNonNullElse(options.getEvery(), Duration.ofMinutes(1));
    List<Ride> rides = inputs.of("rides", Ride.class);
    List<Ping> pings = inputs.of("pings", Ping.class);
    List<Instant> times =
        Stream.concat(rides.stream(), pings.stream()).map(Event::at).sorted().toList();
    List<String> rows = new ArrayList<>();
    if (times.isEmpty()) {
      return Map.of("surge", rows);
    }
    long step = every.toMillis();
    long end = times.get(0).toEpochMilli() / step * step + step;
    long last = times.get(times.size() - 1).toEpochMilli() / step * step + width.toMillis();
    Map<String, BigDecimal> prices = new TreeMap<>();
    for (; end <= last || !prices.isEmpty(); end += step) {
      Instant until = Instant.ofEpochMilli(end);
      Instant from = until.minus(width);
      Map<String, Long> requests = new HashMap<>();
      within(rides, from, until).stream()
          .filter(ride -> ride.kind() == Kind.REQUEST)
          .forEach(ride -> requests.merge(cell(ride.lat(), ride.lon(), options), 1L, Long::sum));
      Map<String, Long> free =
          free(within(rides, from, until), within(pings, from, until), options);
      Set<String> cells = new TreeSet<>(prices.keySet());
      cells.addAll(requests.keySet());
      cells.addAll(free.keySet());
      for (String cell : cells) {
        row(cell, new Box<>(cell, from, until), requests, free, prices, options, rows);
      }
    }
    return Map.of("surge", rows);
  }

  private static <T extends Event> List<T> within(List<T> events, Instant from, Instant until) {
    return events.stream()
        .filter(event -> !event.at().isBefore(from) && event.at().isBefore(until))
        .sorted(
            (a, b) -> a.at().equals(b.at()) ? a.id().compareTo(b.id()) : a.at().compareTo(b.at()))
        .toList();
  }

  private static Map<String, Long> free(
      List<Ride> rides, List<Ping> pings, SurgePricing.Options options) {
    Map<String, Ping> lastPing = new HashMap<>();
    pings.forEach(ping -> lastPing.put(ping.driver(), ping));
    Map<String, Long> free = new HashMap<>();
    lastPing.forEach(
        (driver, ping) -> {
          boolean available = ping.ride() == null;
          for (Ride ride : rides) {
            if (driver.equals(ride.driver()) && ride.at().isAfter(ping.at())) {
              available =
                  switch (ride.kind()) {
                    case ACCEPT, START -> false;
                    case END, CANCEL -> true;
                    case REQUEST, OFFER -> available;
                  };
            }
          }
          if (available) {
            free.merge(cell(ping.lat(), ping.lon(), options), 1L, Long::sum);
          }
        });
    return free;
  }

  private static void row(
      String cell,
      Box<String> box,
      Map<String, Long> requests,
      Map<String, Long> free,
      Map<String, BigDecimal> prices,
      SurgePricing.Options options,
      List<String> rows) {
    long own = requests.getOrDefault(cell, 0L);
    long drivers = free.getOrDefault(cell, 0L);
    long nearRequests = 0;
    long nearDrivers = 0;
    for (String neighbour : around(cell)) {
      nearRequests += requests.getOrDefault(neighbour, 0L);
      nearDrivers += free.getOrDefault(neighbour, 0L);
    }
    BigDecimal part = BigDecimal.valueOf(options.getNeighbourPercent(), 2);
    BigDecimal wait = new BigDecimal(own).add(part.multiply(new BigDecimal(nearRequests)));
    BigDecimal help = new BigDecimal(drivers).add(part.multiply(new BigDecimal(nearDrivers)));
    BigDecimal ratio = help.signum() == 0 ? null : wait.divide(help, MathContext.DECIMAL128);
    BigDecimal wanted =
        wait.signum() == 0 || own + drivers == 0
            ? BigDecimal.ONE
            : wanted(ratio, options.getMultipliers());
    BigDecimal before = prices.getOrDefault(cell, BigDecimal.ONE);
    BigDecimal most = BigDecimal.valueOf(options.getMostStep());
    BigDecimal price = wanted.min(before.add(most)).max(before.subtract(most));
    if (price.compareTo(BigDecimal.ONE) == 0) {
      prices.remove(cell);
    } else {
      prices.put(cell, price);
    }
    rows.add(
        "{\"cell\":\"%s\",%s,\"requests\":%d,\"drivers\":%d,\"near_requests\":%d,\"near_drivers\":%d,\"ratio\":%s,\"wanted\":%s,\"multiplier\":%s}"
            .formatted(
                cell,
                box.window(),
                own,
                drivers,
                nearRequests,
                nearDrivers,
                ratio == null ? "null" : ratio.doubleValue(),
                wanted.doubleValue(),
                price.doubleValue()));
  }

  private static BigDecimal wanted(@Nullable BigDecimal ratio, String table) {
    BigDecimal wanted = BigDecimal.ONE;
    for (String row : table.split(",", -1)) {
      String[] cells = row.split(":", -1);
      if (ratio == null || ratio.compareTo(new BigDecimal(cells[0])) >= 0) {
        wanted = new BigDecimal(cells[1]).setScale(2, RoundingMode.UNNECESSARY);
      }
    }
    return wanted;
  }

  private static String cell(double lat, double lon, SurgePricing.Options options) {
    return geohash(lat, lon, options.getCellLetters());
  }

  /** A geohash by halving the world. */
  public static String geohash(double lat, double lon, int letters) {
    double[] lats = {-90, 90};
    double[] lons = {-180, 180};
    StringBuilder hash = new StringBuilder();
    int bits = 0;
    for (int i = 0; i < letters * 5; i++) {
      double[] range = i % 2 == 0 ? lons : lats;
      double middle = (range[0] + range[1]) / 2;
      boolean upper = (i % 2 == 0 ? lon : lat) >= middle;
      range[upper ? 0 : 1] = middle;
      bits = bits * 2 + (upper ? 1 : 0);
      if (i % 5 == 4) {
        hash.append(LETTERS.charAt(bits));
        bits = 0;
      }
    }
    return hash.toString();
  }

  /** The cells of the places a cell's width and height away from its middle. */
  private static List<String> around(String hash) {
    double[] lats = {-90, 90};
    double[] lons = {-180, 180};
    for (int i = 0; i < hash.length() * 5; i++) {
      int bit = (LETTERS.indexOf(hash.charAt(i / 5)) >> (4 - i % 5)) & 1;
      double[] range = i % 2 == 0 ? lons : lats;
      range[1 - bit] = (range[0] + range[1]) / 2;
    }
    List<String> around = new ArrayList<>();
    for (int north = -1; north <= 1; north++) {
      for (int east = -1; east <= 1; east++) {
        if (north != 0 || east != 0) {
          around.add(
              geohash(
                  (lats[0] + lats[1]) / 2 + north * (lats[1] - lats[0]),
                  (lons[0] + lons[1]) / 2 + east * (lons[1] - lons[0]),
                  hash.length()));
        }
      }
    }
    return around;
  }
}
