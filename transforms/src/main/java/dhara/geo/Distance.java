package dhara.geo;

/**
 * Distances on the surface of the earth, taken as a sphere.
 *
 * <p>The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984)
 * with the mean radius of the earth of GRS 80, as the IUGG defines it. Against the ellipsoid WGS 84
 * the error is below 0.6 %. A result depends on its arguments only, to the last bit, on every
 * machine: {@link StrictMath} computes it.
 *
 * <pre>{@code
 * double kilometres = Distance.kilometres(12.9716, 77.5946, 19.0760, 72.8777); // 845: Bengaluru, Mumbai
 * }</pre>
 */
public final class Distance {

  /** The mean radius of the earth, R1 = (2a + b) / 3. */
  public static final double EARTH_RADIUS_KM = 6371.0088;

  private Distance() {}

  /** The length of the shortest way between two places, given in degrees north and east. */
  public static double kilometres(double lat1, double lon1, double lat2, double lon2) {
    double north = StrictMath.sin(Math.toRadians(lat2 - lat1) / 2);
    double east = StrictMath.sin(Math.toRadians(lon2 - lon1) / 2);
    double haversine =
        north * north
            + StrictMath.cos(Math.toRadians(lat1))
                * StrictMath.cos(Math.toRadians(lat2))
                * east
                * east;
    // Rounding may bring it above one for places on opposite sides of the earth.
    return 2 * EARTH_RADIUS_KM * StrictMath.asin(Math.min(1, StrictMath.sqrt(haversine)));
  }

  /**
   * Checks that a place is one, for the compact constructors of events.
   *
   * @throws IllegalArgumentException if it is not; the message names the component
   */
  public static void checkPlace(double lat, double lon) {
    if (!(Math.abs(lat) <= 90)) {
      throw new IllegalArgumentException("lat is not within -90 and 90 degrees: " + lat);
    }
    if (!(Math.abs(lon) <= 180)) {
      throw new IllegalArgumentException("lon is not within -180 and 180 degrees: " + lon);
    }
  }
}
