package dhara.geo;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistanceTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // A degree of a great circle is the earth's circumference / 360.
    "a degree of the equator,             0,   0,   0,     1,   111.19508",
    "a degree of a meridian,             50,   8,  51,     8,   111.19508",
    "a degree of the 60th parallel,      60,   0,  60,     1,    55.59701",
    "over the date line,                  0, 179.5, 0, -179.5,   111.19508",
    "a quarter of the earth,              0,   0,  90,     0, 10007.55722",
    "the other side of the earth,         0,   0,   0,   180, 20015.11444",
    "the poles,                          90,  10, -90,    70, 20015.11444",
    "one place,                          12.9716, 77.5946, 12.9716, 77.5946, 0",
  })
  void distancesOnASphereAreKnown(
      String name, double lat1, double lon1, double lat2, double lon2, double expected) {
    assertThat(Distance.kilometres(lat1, lon1, lat2, lon2), closeTo(expected, 0.00005));
  }

  @Test
  void theHaversineAgreesWithTheAngleBetweenVectors() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 10_000; n++) {
      double lat1 = random.nextDouble(-90, 90);
      double lon1 = random.nextDouble(-180, 180);
      double lat2 = random.nextDouble(-90, 90);
      double lon2 = random.nextDouble(-180, 180);

      assertThat(
          Distance.kilometres(lat1, lon1, lat2, lon2),
          closeTo(byVectors(lat1, lon1, lat2, lon2), 1e-6));
      assertThat(
          Distance.kilometres(lat2, lon2, lat1, lon1),
          is(Distance.kilometres(lat1, lon1, lat2, lon2)));
    }
  }

  @Test
  void aPlaceIsWithinTheDegreesOfTheEarth() {
    assertDoesNotThrow(() -> Distance.checkPlace(-90, 180));
    assertThat(error(90.1, 0), containsString("lat is not within -90 and 90 degrees: 90.1"));
    assertThat(error(0, -180.1), containsString("lon is not within -180 and 180 degrees: -180.1"));
    assertThat(error(Double.NaN, 0), containsString("lat"));
    assertThat(error(0, Double.NaN), containsString("lon"));
  }

  private static String error(double lat, double lon) {
    return assertThrows(IllegalArgumentException.class, () -> Distance.checkPlace(lat, lon))
        .getMessage();
  }

  /** Another formula: the angle from the cross and the dot product, exact at every distance. */
  private static double byVectors(double lat1, double lon1, double lat2, double lon2) {
    double[] a = vector(lat1, lon1);
    double[] b = vector(lat2, lon2);
    double x = a[1] * b[2] - a[2] * b[1];
    double y = a[2] * b[0] - a[0] * b[2];
    double z = a[0] * b[1] - a[1] * b[0];
    double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return 6371.0088 * Math.atan2(Math.sqrt(x * x + y * y + z * z), dot);
  }

  private static double[] vector(double lat, double lon) {
    double north = Math.toRadians(lat);
    double east = Math.toRadians(lon);
    return new double[] {
      Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)
    };
  }
}
