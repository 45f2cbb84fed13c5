package dhara.pipelines.mobility;

import dhara.geo.Distance;
import dhara.geo.Polyline;
import dhara.geo.Polyline.Place;
import java.util.List;

/**
 * A way of straight pieces, and where on it somebody is.
 *
 * <p>A courier is at the nearest point of the way that is not behind where they were before. If the
 * way comes by twice, as on the way into a cul-de-sac and out again, they are at the earlier one:
 * points within 30 m of the nearest, the error of satellite navigation between houses, count as
 * equally near.
 */
final class Route {

  private static final double TOLERANCE_KM = 0.03;

  /** The corners, as vectors of length 1 from the centre of the earth. */
  private final double[][] corners;

  /** The distance from the start to each corner. */
  private final double[] kilometres;

  private Route(double[][] corners, double[] kilometres) {
    this.corners = corners;
    this.kilometres = kilometres;
  }

  /**
   * A place on the way.
   *
   * @param alongKm how far it is from the start
   * @param offKm how far the courier is from it
   */
  record Position(double alongKm, double offKm) {}

  /** The way of an encoded polyline with at least one place. */
  static Route of(String polyline) {
    List<Place> places = Polyline.decode(polyline);
    if (places.size() == 1) {
      places.add(places.get(0)); // a way of no length
    }
    double[][] corners = new double[places.size()][];
    double[] kilometres = new double[places.size()];
    for (int i = 0; i < corners.length; i++) {
      Place place = places.get(i);
      corners[i] = vector(place.lat(), place.lon());
      if (i > 0) {
        Place before = places.get(i - 1);
        kilometres[i] =
            kilometres[i - 1]
                + Distance.kilometres(before.lat(), before.lon(), place.lat(), place.lon());
      }
    }
    return new Route(corners, kilometres);
  }

  /** How long it is. */
  double lengthKm() {
    return kilometres[kilometres.length - 1];
  }

  /** Where somebody is who was at {@code fromKm} before. */
  Position of(double lat, double lon, double fromKm) {
    double[] at = vector(lat, lon);
    int first = 0;
    while (first < corners.length - 2 && kilometres[first + 1] <= fromKm) {
      first++;
    }
    Position[] nearest = new Position[corners.length - 1];
    double least = Double.MAX_VALUE;
    for (int piece = first; piece < nearest.length; piece++) {
      nearest[piece] = nearest(at, piece, fromKm);
      least = Math.min(least, nearest[piece].offKm);
    }
    int piece = first;
    while (nearest[piece].offKm > least + TOLERANCE_KM) {
      piece++;
    }
    // At the corner they are on the next piece already, if it comes nearer.
    while (piece + 1 < nearest.length
        && nearest[piece].alongKm >= kilometres[piece + 1]
        && nearest[piece + 1].offKm <= nearest[piece].offKm) {
      piece++;
    }
    return nearest[piece];
  }

  private Position nearest(double[] at, int piece, double fromKm) {
    double[] a = corners[piece];
    double[] b = corners[piece + 1];
    double length = kilometres[piece + 1] - kilometres[piece];
    double least =
        length == 0 ? 0 : Math.max(0, Math.min(1, (fromKm - kilometres[piece]) / length));
    double share = Math.max(least, Math.min(1, share(at, a, b)));
    double squares = 0;
    for (int i = 0; i < 3; i++) {
      double on = share == 1 ? b[i] : a[i] + share * (b[i] - a[i]);
      squares += (at[i] - on) * (at[i] - on);
    }
    return new Position(
        share == 1 ? kilometres[piece + 1] : kilometres[piece] + share * length,
        Distance.EARTH_RADIUS_KM * Math.sqrt(squares));
  }

  /** Where on the line from a to b the nearest point is: 0 at a, 1 at b. */
  private static double share(double[] at, double[] a, double[] b) {
    double dot = 0;
    double length = 0;
    for (int i = 0; i < 3; i++) {
      dot += (at[i] - a[i]) * (b[i] - a[i]);
      length += (b[i] - a[i]) * (b[i] - a[i]);
    }
    return length == 0 ? 0 : dot / length;
  }

  private static double[] vector(double lat, double lon) {
    double north = Math.toRadians(lat);
    double east = Math.toRadians(lon);
    return new double[] {
      StrictMath.cos(north) * StrictMath.cos(east),
      StrictMath.cos(north) * StrictMath.sin(east),
      StrictMath.sin(north)
    };
  }
}
