package dhara.geo;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Geohashes that are published, and neighbours. */
class GeohashTest {

  @Test
  void namesAreThoseThatArePublished() {
    assertThat(Geohash.of(57.64911, 10.40744, 11), is("u4pruydqqvj"));
    assertThat(Geohash.of(42.605, -5.603, 5), is("ezs42"));
    assertThat(Geohash.of(-25.382708, -49.265506, 12), is("6gkzwgjzn820"));
    assertThat(Geohash.of(48.669, -4.329, 5), is("gbsuv"));
  }

  @Test
  void theEndsOfTheEarthAreInItsCells() {
    assertThat(Geohash.of(90, 180, 3), is("zzz"));
    assertThat(Geohash.of(-90, -180, 3), is("000"));
  }

  @Test
  void neighboursAreClockwiseFromTheNorth() {
    assertThat(
        Geohash.neighbours("gbsuv"),
        contains("gbsvj", "gbsvn", "gbsuy", "gbsuw", "gbsut", "gbsus", "gbsuu", "gbsvh"));
    assertThat(Geohash.neighbours("ezzz").get(0), is("gbpb"));
  }

  @Test
  void theWorldIsRoundFromEastToWestAndEndsAtThePoles() {
    assertThat(Geohash.neighbours("xbp").size(), is(8));
    assertThat(Geohash.neighbours(Geohash.of(10, 179.99, 3)), hasItem(Geohash.of(10, -179.99, 3)));
    assertThat(Geohash.neighbours("z"), containsInAnyOrder("b", "8", "x", "w", "y"));
  }

  @Test
  void aCellIsTheNeighbourOfItsNeighbours() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200; i++) {
      String cell = Geohash.of(random.nextDouble(-85, 85), random.nextDouble(-180, 180), 2 + i % 9);
      for (String neighbour : Geohash.neighbours(cell)) {
        assertThat(Geohash.neighbours(neighbour), hasItem(cell));
      }
    }
  }

  @Test
  void whatIsNoCellIsRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Geohash.of(1, 1, 13)).getMessage(),
        containsString("a geohash has 1 to 12 letters"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Geohash.of(91, 1, 5)).getMessage(),
        containsString("lat is not within"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Geohash.neighbours("ail")).getMessage(),
        containsString("no geohash has this letter"));
  }
}
