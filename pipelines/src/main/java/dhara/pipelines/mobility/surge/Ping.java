package dhara.pipelines.mobility.surge;

import dhara.events.Event;
import dhara.geo.Distance;
import java.time.Instant;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a driver is.
 *
 * @param id identity
 * @param at when the position was measured
 * @param driver who
 * @param lat degrees north
 * @param lon degrees east
 * @param ride the ride that the driver is on; null if available
 */
public record Ping(
    String id, Instant at, String driver, double lat, double lon, @Nullable String ride)
    implements Event {

  public Ping {
    Distance.checkPlace(lat, lon);
  }
}
