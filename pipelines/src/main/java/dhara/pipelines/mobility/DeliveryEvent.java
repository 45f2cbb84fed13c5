package dhara.pipelines.mobility;

import dhara.events.Event;
import dhara.geo.Distance;
import dhara.geo.Polyline;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that happened to a delivery.
 *
 * @param id identity; of two events at the same time, the one with the smaller id came first
 * @param at when it happened
 * @param delivery the delivery
 * @param kind what happened; it decides which of the following components are needed
 * @param courier of {@link Kind#DISPATCHED}: who brings it
 * @param promisedAt of {@link Kind#DISPATCHED}: when it is to be there
 * @param route of {@link Kind#DISPATCHED}: the way to the customer as an encoded {@link Polyline};
 *     a single place if only the destination is known
 * @param lat of {@link Kind#PING}: where the courier is, degrees north
 * @param lon of {@link Kind#PING}: degrees east
 */
public record DeliveryEvent(
    String id,
    Instant at,
    String delivery,
    Kind kind,
    @Nullable String courier,
    @Nullable Instant promisedAt,
    @Nullable String route,
    @Nullable Double lat,
    @Nullable Double lon)
    implements Event {

  /** What happened. */
  public enum Kind {
    /** A courier set off, or another one took over: with a route and a promise. */
    DISPATCHED,
    /** The courier's position was measured. */
    PING,
    /** The customer got it. */
    DELIVERED
  }

  public DeliveryEvent {
    switch (kind) {
      case DISPATCHED -> {
        need(kind, "courier", courier);
        need(kind, "promisedAt", promisedAt);
        need(kind, "route", route);
        if (Polyline.decode(route).isEmpty()) {
          throw new IllegalArgumentException("route has no place");
        }
      }
      case PING -> {
        need(kind, "lat", lat);
        need(kind, "lon", lon);
        Distance.checkPlace(lat, lon);
      }
      case DELIVERED -> {}
    }
  }

  private static void need(Kind kind, String name, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(kind + " needs " + name);
    }
  }

  /** A courier sets off. */
  static DeliveryEvent dispatched(
      String id, Instant at, String delivery, String courier, Instant promisedAt, String route) {
    return new DeliveryEvent(
        id, at, delivery, Kind.DISPATCHED, courier, promisedAt, route, null, null);
  }

  /** A position. */
  static DeliveryEvent ping(String id, Instant at, String delivery, double lat, double lon) {
    return new DeliveryEvent(id, at, delivery, Kind.PING, null, null, null, lat, lon);
  }

  /** The end. */
  static DeliveryEvent delivered(String id, Instant at, String delivery) {
    return new DeliveryEvent(id, at, delivery, Kind.DELIVERED, null, null, null, null, null);
  }
}
