package dhara.pipelines.mobility.surge;

import dhara.events.Event;
import dhara.geo.Distance;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Something that happened to a ride.
 *
 * @param id identity; of two events at the same time, the one with the smaller id came first
 * @param at when it happened
 * @param ride the ride
 * @param kind what happened
 * @param driver who drives: of all but {@link Kind#REQUEST}, and of {@link Kind#CANCEL} if there
 *     was one
 * @param lat of {@link Kind#REQUEST}: where the rider waits, degrees north
 * @param lon of {@link Kind#REQUEST}: degrees east
 * @param zone of {@link Kind#REQUEST}, instead of {@code lat} and {@code lon}: the name of the zone
 *     where the rider waits, where only zones are known
 */
public record Ride(
    String id,
    Instant at,
    String ride,
    Kind kind,
    @Nullable String driver,
    @Nullable Double lat,
    @Nullable Double lon,
    @Nullable String zone)
    implements Event {

  /** What happened. */
  public enum Kind {
    /** A rider asks for a driver. */
    REQUEST,
    /** A driver is asked. */
    OFFER,
    /** A driver agrees, and is on the way to the rider. */
    ACCEPT,
    /** The rider is in the car. */
    START,
    /** The rider is there. */
    END,
    /** The rider or the driver gave up. */
    CANCEL;

    /** Whether it decides if its driver is available. */
    boolean decides() {
      return this == ACCEPT || this == START || this == END || this == CANCEL;
    }

    /** Whether the driver is not available after it. */
    boolean occupies() {
      return this == ACCEPT || this == START;
    }
  }

  public Ride {
    if (kind == Kind.REQUEST && zone == null && (lat == null || lon == null)) {
      throw new IllegalArgumentException("REQUEST needs lat and lon, or zone");
    }
    if (driver == null && kind != Kind.REQUEST && kind != Kind.CANCEL) {
      throw new IllegalArgumentException(kind + " needs driver");
    }
    if (lat != null && lon != null) {
      Distance.checkPlace(lat, lon);
    }
  }
}
