package dhara.parity;

import com.google.auto.service.AutoService;
import dhara.geo.Polyline;
import dhara.geo.Polyline.Place;
import dhara.options.DharaOptions;
import dhara.pipelines.mobility.DeliveryEta;
import dhara.pipelines.mobility.DeliveryEvent;
import dhara.pipelines.mobility.DeliveryEvent.Kind;
import dhara.testkit.Box;
import dhara.testkit.Inputs;
import dhara.testkit.Oracle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Follows each delivery from its dispatch over the list of its events. Places on the way are found
 * by triangles of chords and the law of cosines.
 */
@AutoService(Oracle.class)
public final class DeliveryEtaOracle implements Oracle {

  private static final double RADIUS_KM = 6371.0088;

  @Override
  public String analysis() {
    return "delivery-eta";
  }

  @Override
  public List<List<String>> runs() {
    return List.of(
        List.of(), List.of("--arrivingWithin=PT4M", "--silentAfter=PT15S", "--forgetAfter=PT7M"));
  }

  @Override
  public long testEvents() {
    return 350;
  }

  @Override
  public Map<String, List<String>> answers(Inputs inputs, DharaOptions given) {
    DeliveryEta.Options options = given.as(DeliveryEta.Options.class);
    Map<String, List<DeliveryEvent>> byDelivery = new TreeMap<>();
    inputs.of("deliveries", DeliveryEvent.class).stream()
        .sorted(Comparator.comparing(DeliveryEvent::at).thenComparing(DeliveryEvent::id))
        .forEach(e -> byDelivery.computeIfAbsent(e.delivery(), d -> new ArrayList<>()).add(e));
    Map<String, List<String>> answers =
        Map.of("etas", new ArrayList<>(), "arriving", new ArrayList<>());
    for (List<DeliveryEvent> events : byDelivery.values()) {
      new Follower(options, answers).follow(events);
    }
    return answers;
  }

  /** One delivery. */
  private static final class Follower {

    private final DeliveryEta.Options options;
    private final Map<String, List<String>> answers;
    private @Nullable DeliveryEvent dispatch;
    private List<DeliveryEvent> pings = new ArrayList<>();
    private double doneKm;
    private long left;
    private boolean notified;

    /** The end of the last notification; an incident lasts a day. */
    private @Nullable Instant last;

    Follower(DeliveryEta.Options options, Map<String, List<String>> answers) {
      this.options = options;
      this.answers = answers;
    }

    void follow(List<DeliveryEvent> events) {
      for (int i = 0; i < events.size(); i++) {
        DeliveryEvent event = events.get(i);
        next(event);
        Instant then = i + 1 < events.size() ? events.get(i + 1).at() : Instant.MAX;
        Instant silent = event.at().plus(options.getSilentAfter());
        if (dispatch != null && !silent.isAfter(then)) {
          answer(event, silent, "SILENT", left, null, null, false);
        }
        if (event.at().plus(options.getForgetAfter()).isBefore(then)) {
          forget();
        }
      }
    }

    private void forget() {
      dispatch = null;
      notified = false;
    }

    private void next(DeliveryEvent event) {
      if (event.kind() == Kind.DISPATCHED) {
        dispatch = event;
        pings = new ArrayList<>();
        doneKm = 0;
        left = Math.round(new Way(event.route()).lengthKm() * 1_000);
        answer(event, event.at(), "DISPATCHED", left, null, null, false);
      } else if (dispatch != null && event.kind() == Kind.DELIVERED) {
        answer(event, event.at(), "DELIVERED", 0, null, 0L, false);
        forget();
      } else if (dispatch != null) {
        pings.add(event);
        Way.Point on = new Way(dispatch.route()).nearest(event, doneKm);
        doneKm = on.alongKm;
        double leftKm = new Way(dispatch.route()).lengthKm() - on.alongKm + on.offKm;
        left = Math.round(leftKm * 1_000);
        Long speed = speed();
        Long seconds =
            speed == null || speed < 1_000
                ? null
                : (Long)
                    BigDecimal.valueOf(left * 3_600)
                        .divide(BigDecimal.valueOf(speed), 0, RoundingMode.HALF_UP)
                        .longValueExact();
        boolean arriving =
            !notified && seconds != null && seconds <= options.getArrivingWithin().toSeconds();
        notified |= arriving;
        answer(event, event.at(), "ON_THE_WAY", left, speed, seconds, arriving);
      }
    }

    /** In metres an hour. */
    private @Nullable Long speed() {
      List<Double> speeds = new ArrayList<>();
      for (int i = 1; i < pings.size(); i++) {
        DeliveryEvent from = pings.get(i - 1);
        DeliveryEvent to = pings.get(i);
        double hours = Duration.between(from.at(), to.at()).toNanos() / 3.6e12;
        if (hours > 0) {
          double chord = chord(from.lat(), from.lon(), to.lat(), to.lon());
          speeds.add(2 * RADIUS_KM * Math.asin(Math.min(1, chord / 2)) / hours);
        }
      }
      if (speeds.isEmpty()) {
        return null;
      }
      List<Double> five =
          speeds.subList(Math.max(0, speeds.size() - 5), speeds.size()).stream().sorted().toList();
      double twice = five.get((five.size() - 1) / 2) + five.get(five.size() / 2);
      return Math.round(twice / 2 * 1_000);
    }

    private void answer(
        DeliveryEvent event,
        Instant at,
        String status,
        long metres,
        @Nullable Long speed,
        @Nullable Long seconds,
        boolean arriving) {
      Instant eta = seconds == null ? null : at.plusSeconds(seconds);
      Long late =
          eta == null ? null : (Long) Duration.between(dispatch.promisedAt(), eta).toSeconds();
      Instant start = Instant.ofEpochMilli(at.toEpochMilli());
      Box<String> box = new Box<>(event.delivery(), start, start.plusMillis(1));
      answers
          .get("etas")
          .add(
              """
              {"delivery":"%s","event":"%s",%s,"status":"%s","courier":"%s","left_metres":%d,\
              "metres_per_hour":%d,"seconds_left":%d,"eta_at":%s,"promised_at":"%s",\
              "late_seconds":%d,"arriving":%b}"""
                  .formatted(
                      event.delivery(),
                      event.id(),
                      box.window(),
                      status,
                      dispatch.courier(),
                      metres,
                      speed,
                      seconds,
                      eta == null ? "null" : "\"" + Box.text(eta) + "\"",
                      Box.text(dispatch.promisedAt()),
                      late,
                      arriving));
      if (arriving) {
        if (last == null || box.end().isAfter(last.plus(Duration.ofDays(1)))) {
          answers
              .get("arriving")
              .add(
                  """
                  {"incident":"%s","delivery":"%s",%s,"courier":"%s","left_metres":%d,\
                  "seconds_left":%d,"eta_at":"%s","late_seconds":%d}"""
                      .formatted(
                          event.delivery(),
                          event.delivery(),
                          box.window(),
                          dispatch.courier(),
                          metres,
                          seconds,
                          Box.text(eta),
                          late));
        }
        last = box.end();
      }
    }
  }

  /** The length of the straight line through the earth between two places, in radii. */
  private static double chord(double lat1, double lon1, double lat2, double lon2) {
    double north = Math.sin(Math.toRadians(lat2 - lat1) / 2);
    double east = Math.sin(Math.toRadians(lon2 - lon1) / 2);
    return 2
        * Math.sqrt(
            north * north
                + Math.cos(Math.toRadians(lat1)) * Math.cos(Math.toRadians(lat2)) * east * east);
  }

  /** A route. */
  private record Way(List<Place> places, List<Double> untilKm) {

    /** A place on it. */
    private record Point(double alongKm, double offKm, boolean atEnd) {}

    Way(String polyline) {
      this(Polyline.decode(polyline), new ArrayList<>(List.of(0.0)));
      for (int i = 1; i < places.size(); i++) {
        double km = 2 * RADIUS_KM * Math.asin(Math.min(1, chord(i - 1, i) / 2));
        untilKm.add(untilKm.get(i - 1) + km);
      }
    }

    double lengthKm() {
      return untilKm(places.size() - 1);
    }

    private double untilKm(int corner) {
      return untilKm.get(corner);
    }

    private double chord(int from, int to) {
      return DeliveryEtaOracle.chord(
          places.get(from).lat(),
          places.get(from).lon(),
          places.get(to).lat(),
          places.get(to).lon());
    }

    Point nearest(DeliveryEvent ping, double fromKm) {
      if (places.size() == 1) {
        return new Point(0, RADIUS_KM * chord(ping, 0), true);
      }
      List<Point> points = new ArrayList<>();
      for (int i = 0; i + 1 < places.size(); i++) {
        if (untilKm(i + 1) > fromKm || i + 2 == places.size()) {
          points.add(on(i, ping, fromKm));
        }
      }
      double least = points.stream().mapToDouble(Point::offKm).min().orElseThrow();
      int i = 0;
      while (points.get(i).offKm > least + 0.03) {
        i++;
      }
      while (i + 1 < points.size()
          && points.get(i).atEnd
          && points.get(i + 1).offKm <= points.get(i).offKm) {
        i++;
      }
      return points.get(i);
    }

    private double chord(DeliveryEvent ping, int corner) {
      return DeliveryEtaOracle.chord(
          ping.lat(), ping.lon(), places.get(corner).lat(), places.get(corner).lon());
    }

    /** The nearest point of the line between a corner and the next: by the law of cosines. */
    private Point on(int corner, DeliveryEvent ping, double fromKm) {
      double a = chord(ping, corner);
      double b = chord(ping, corner + 1);
      double ab = chord(corner, corner + 1);
      double length = untilKm(corner + 1) - untilKm(corner);
      if (ab == 0) {
        return new Point(untilKm(corner), RADIUS_KM * a, true);
      }
      double done = Math.min(1, Math.max(0, (fromKm - untilKm(corner)) / length));
      double share = Math.min(1, Math.max(done, (a * a + ab * ab - b * b) / (2 * ab * ab)));
      double squared = (1 - share) * a * a + share * b * b - share * (1 - share) * ab * ab;
      return new Point(
          untilKm(corner) + share * length,
          RADIUS_KM * Math.sqrt(Math.max(0, squared)),
          share == 1);
    }
  }
}
