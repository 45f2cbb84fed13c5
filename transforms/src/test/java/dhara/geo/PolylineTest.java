package dhara.geo;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.geo.Polyline.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolylineTest {

  /** The example of the format's documentation. */
  private static final String PUBLISHED = "_p~iF~ps|U_ulLnnqC_mqNvxq`@";

  @Test
  void thePublishedExampleIsReadAndWritten() {
    List<Place> places =
        List.of(new Place(38.5, -120.2), new Place(40.7, -120.95), new Place(43.252, -126.453));

    assertThat(Polyline.decode(PUBLISHED), is(places));
    assertThat(Polyline.encode(places), is(PUBLISHED));
  }

  @Test
  void noPlacesAreTheEmptyText() {
    assertThat(Polyline.encode(List.of()), is(""));
    assertThat(Polyline.decode(""), is(empty()));
  }

  @Test
  void whatIsWrittenIsReadToTheFifthDecimal() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 1_000; n++) {
      List<Place> places = new ArrayList<>(List.of(new Place(90, 180), new Place(-90, -180)));
      for (int i = random.nextInt(20); i > 0; i--) {
        places.add(
            new Place(
                random.nextInt(-9_000_000, 9_000_001) / 1e5,
                random.nextInt(-18_000_000, 18_000_001) / 1e5));
      }
      assertThat(Polyline.decode(Polyline.encode(places)), is(places));
    }
  }

  @Test
  void placesAreRounded() {
    assertThat(
        Polyline.decode(Polyline.encode(List.of(new Place(12.9715987, 77.5945627)))),
        contains(new Place(12.9716, 77.59456)));
  }

  @Test
  void placesBeyondThePoleAreRefused() {
    String sixty = Polyline.encode(List.of(new Place(60, 0)));

    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Polyline.decode(sixty + sixty))
            .getMessage(),
        containsString("lat is not within -90 and 90 degrees: 120"));
  }

  @ParameterizedTest
  @CsvSource({
    "_p~iF, ends within a coordinate",
    "_p~iF~ps|, ends within a coordinate",
    "_p~iF ps|U, has the letter ' ' at 5",
    "~~~~~~~~~~~, beyond the earth",
  })
  void whatIsNoPolylineIsRefused(String text, String said) {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> Polyline.decode(text)).getMessage(),
        containsString(said));
  }
}
