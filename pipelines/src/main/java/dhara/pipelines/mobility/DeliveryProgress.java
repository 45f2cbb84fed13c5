package dhara.pipelines.mobility;

import dhara.geo.Distance;
import dhara.pipelines.mobility.DeliveryEta.Progress;
import dhara.pipelines.mobility.DeliveryEta.Status;
import dhara.transforms.order.Fold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * How a delivery gets on, from its dispatch to its end.
 *
 * <p>The distance left is that along the {@link Route} from the courier's place on it, plus how far
 * the courier is off it. The speed is the median of the last five speeds between consecutive pings,
 * as the crow flies; a median forgives a position that is wrong and a red light. Distance and speed
 * are rounded to metres, and time left is one divided by the other, to the second. It is unknown
 * before the second ping, and if the courier moves by less than a kilometre an hour.
 *
 * <p>Pings of a delivery that is not under way are passed over: before its dispatch, after its end,
 * or after it was forgotten.
 *
 * @param arrivingWithin with at most this much time left, the customer is notified, once
 * @param silentAfter if nothing is heard for this long, the delivery is silent, until the next ping
 * @param keep how long after its last event a delivery is remembered
 */
public record DeliveryProgress(Duration arrivingWithin, Duration silentAfter, Duration keep)
    implements Fold<DeliveryEvent, DeliveryProgress.Underway, DeliveryProgress.Update> {

  /** Of how many speeds the median is taken. */
  private static final int SPEEDS = 5;

  private static final long METRES = 1_000;
  private static final double NANOS_AN_HOUR = 3.6e12;
  private static final long SECONDS_AN_HOUR = 3_600;

  /** A courier is standing below this speed, in metres an hour. */
  private static final long STANDING = 1_000;

  /**
   * What is answered.
   *
   * @param event the event that tells it, or after which there was silence
   */
  public record Update(String event, Instant at, Progress progress) {}

  /**
   * What is remembered of a delivery.
   *
   * @param route what is to be done, as a polyline
   * @param alongKm how much of it is done
   * @param event the last event
   * @param heardAt its time
   * @param lat where the courier was then; null before the first ping
   * @param kmPerHour the last speeds, oldest first
   * @param leftMetres the distance left
   * @param silent whether silence was answered
   * @param notified whether the customer knows that it arrives
   */
  public record Underway(
      String courier,
      Instant promisedAt,
      String route,
      double alongKm,
      String event,
      Instant heardAt,
      @Nullable Double lat,
      @Nullable Double lon,
      List<Double> kmPerHour,
      long leftMetres,
      boolean silent,
      boolean notified) {

    /** No delivery. */
    private static final Underway NONE =
        new Underway(
            "", Instant.EPOCH, "", 0, "", Instant.EPOCH, null, null, List.of(), 0, true, false);

    private boolean isNone() {
      return route.isEmpty();
    }
  }

  @Override
  public Underway initial() {
    return Underway.NONE;
  }

  @Override
  public @Nullable Underway apply(Underway before, DeliveryEvent event, Consumer<Update> out) {
    if (event.kind() == DeliveryEvent.Kind.DISPATCHED) {
      return dispatched(before, event, out);
    }
    if (before.isNone()) {
      return null;
    }
    if (event.kind() == DeliveryEvent.Kind.PING) {
      return moved(before, event, out);
    }
    Progress end = progress(Status.DELIVERED, before, 0L, null, event.at(), 0L, false);
    out.accept(new Update(event.id(), event.at(), end));
    return null;
  }

  private static Underway dispatched(Underway before, DeliveryEvent event, Consumer<Update> out) {
    long left = metres(Route.of(event.route()).lengthKm());
    Underway now =
        new Underway(
            event.courier(),
            event.promisedAt(),
            event.route(),
            0,
            event.id(),
            event.at(),
            null,
            null,
            List.of(),
            left,
            false,
            before.notified);
    Progress start = progress(Status.DISPATCHED, now, left, null, event.at(), null, false);
    out.accept(new Update(event.id(), event.at(), start));
    return now;
  }

  private Underway moved(Underway before, DeliveryEvent ping, Consumer<Update> out) {
    Route route = Route.of(before.route);
    Route.Position position = route.of(ping.lat(), ping.lon(), before.alongKm);
    List<Double> speeds = speeds(before, ping);
    Long speed = speeds.isEmpty() ? null : (Long) metres(median(speeds));
    long left = metres(route.lengthKm() - position.alongKm() + position.offKm());
    Long seconds = speed == null || speed < STANDING ? null : (Long) seconds(left, speed);
    boolean arrives = !before.notified && seconds != null && seconds <= arrivingWithin.toSeconds();
    Underway now =
        new Underway(
            before.courier,
            before.promisedAt,
            before.route,
            position.alongKm(),
            ping.id(),
            ping.at(),
            ping.lat(),
            ping.lon(),
            speeds,
            left,
            false,
            before.notified || arrives);
    Progress progress = progress(Status.ON_THE_WAY, now, left, speed, ping.at(), seconds, arrives);
    out.accept(new Update(ping.id(), ping.at(), progress));
    return now;
  }

  @Override
  public @Nullable Instant wakeAt(Underway now) {
    return now.silent ? null : now.heardAt.plus(silentAfter);
  }

  @Override
  public Underway wake(Underway now, Instant at, Consumer<Update> out) {
    Progress silence = progress(Status.SILENT, now, now.leftMetres, null, at, null, false);
    out.accept(new Update(now.event, at, silence));
    return new Underway(
        now.courier,
        now.promisedAt,
        now.route,
        now.alongKm,
        now.event,
        now.heardAt,
        now.lat,
        now.lon,
        now.kmPerHour,
        now.leftMetres,
        true,
        now.notified);
  }

  private static Progress progress(
      Status status,
      Underway of,
      long left,
      @Nullable Long speed,
      Instant at,
      @Nullable Long seconds,
      boolean arrives) {
    Instant eta = seconds == null ? null : at.plusSeconds(seconds);
    return new Progress(
        status,
        of.courier,
        left,
        speed,
        seconds,
        eta,
        of.promisedAt,
        eta == null ? null : (Long) Duration.between(of.promisedAt, eta).toSeconds(),
        arrives);
  }

  private static List<Double> speeds(Underway before, DeliveryEvent ping) {
    double hours = Duration.between(before.heardAt, ping.at()).toNanos() / NANOS_AN_HOUR;
    if (before.lat == null || hours <= 0) {
      return before.kmPerHour;
    }
    List<Double> speeds = new ArrayList<>(before.kmPerHour);
    if (speeds.size() == SPEEDS) {
      speeds.remove(0);
    }
    speeds.add(Distance.kilometres(before.lat, before.lon, ping.lat(), ping.lon()) / hours);
    return speeds;
  }

  /** The middle one, or the mean of the two in the middle. */
  private static double median(List<Double> speeds) {
    List<Double> sorted = speeds.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static long metres(double kilometres) {
    return Math.round(kilometres * METRES);
  }

  /** Rounded half up. */
  private static long seconds(long metres, long metresPerHour) {
    return (2 * metres * SECONDS_AN_HOUR + metresPerHour) / (2 * metresPerHour);
  }
}
