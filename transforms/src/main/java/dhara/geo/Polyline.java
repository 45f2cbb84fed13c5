package dhara.geo;

import java.util.ArrayList;
import java.util.List;

/**
 * Google's Encoded Polyline Algorithm Format with five decimals: the form in which routing services
 * (Google, OSRM, GraphHopper) give a route as a text. Each coordinate is the difference to the one
 * before in hundred-thousandths of a degree, about a metre, zigzag-encoded in groups of five bits.
 *
 * <pre>{@code
 * Polyline.decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@") // (38.5, -120.2), (40.7, -120.95), (43.252, -126.453)
 * }</pre>
 */
public final class Polyline {

  /** A place, in degrees north and east. */
  public record Place(double lat, double lon) {

    public Place {
      Distance.checkPlace(lat, lon);
    }
  }

  private static final double E5 = 1e5;
  private static final int FIRST_LETTER = 63;
  private static final int BITS = 5;
  private static final int MORE = 1 << BITS;

  /** More bits than a difference of 360 degrees has. */
  private static final int MOST_BITS = 30;

  private Polyline() {}

  /** The text of places; they are rounded to five decimals. */
  public static String encode(List<Place> places) {
    StringBuilder text = new StringBuilder();
    long lat = 0;
    long lon = 0;
    for (Place place : places) {
      long nextLat = Math.round(place.lat * E5);
      long nextLon = Math.round(place.lon * E5);
      append(nextLat - lat, text);
      append(nextLon - lon, text);
      lat = nextLat;
      lon = nextLon;
    }
    return text.toString();
  }

  private static void append(long difference, StringBuilder text) {
    long rest = (difference << 1) ^ (difference >> 63);
    while (rest >= MORE) {
      text.append((char) (((rest & (MORE - 1)) | MORE) + FIRST_LETTER));
      rest >>= BITS;
    }
    text.append((char) (rest + FIRST_LETTER));
  }

  /**
   * The places of a text.
   *
   * @throws IllegalArgumentException if it is no polyline
   */
  public static List<Place> decode(String text) {
    List<Place> places = new ArrayList<>();
    Reader reader = new Reader(text);
    long lat = 0;
    long lon = 0;
    while (reader.position < text.length()) {
      lat += reader.next();
      lon += reader.next();
      places.add(new Place(lat / E5, lon / E5));
    }
    return places;
  }

  private static final class Reader {

    private final String text;
    private int position;

    Reader(String text) {
      this.text = text;
    }

    long next() {
      long value = 0;
      for (int shift = 0; shift <= MOST_BITS; shift += BITS) {
        if (position == text.length()) {
          throw new IllegalArgumentException("a polyline ends within a coordinate: " + text);
        }
        int letter = text.charAt(position++) - FIRST_LETTER;
        if (letter < 0 || letter >= 2 * MORE) {
          throw new IllegalArgumentException(
              "a polyline has the letter '%s' at %d: %s"
                  .formatted(text.charAt(position - 1), position - 1, text));
        }
        value |= (long) (letter & (MORE - 1)) << shift;
        if (letter < MORE) {
          return (value >> 1) ^ -(value & 1);
        }
      }
      throw new IllegalArgumentException("a polyline has a coordinate beyond the earth: " + text);
    }
  }
}
