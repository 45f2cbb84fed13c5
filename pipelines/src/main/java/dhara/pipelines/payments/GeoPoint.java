package dhara.pipelines.payments;

import dhara.geo.Distance;
import java.util.List;

/**
 * A place on the earth.
 *
 * @param lat degrees north
 * @param lon degrees east
 */
public record GeoPoint(double lat, double lon) {

  /** Cells per degree: a cell is at most about 1.1 km wide. */
  private static final int CELLS = 100;

  /** The distance to another place, in kilometres. */
  double kilometres(GeoPoint other) {
    return Distance.kilometres(lat, lon, other.lat, other.lon);
  }

  /** The hundredth of a degree in both directions that it is in: one number for near places. */
  long cell() {
    return (long) Math.floor(lat * CELLS) * 360 * CELLS + (long) Math.floor(lon * CELLS);
  }

  /**
   * The place that is in the middle of some, by latitude and by longitude: one far-away place does
   * not move it, as it would move a mean.
   *
   * @param places at least one
   */
  static GeoPoint median(List<GeoPoint> places) {
    return new GeoPoint(
        middle(places.stream().mapToDouble(GeoPoint::lat).sorted().toArray()),
        middle(places.stream().mapToDouble(GeoPoint::lon).sorted().toArray()));
  }

  private static double middle(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
