package dhara.geo;

import java.util.ArrayList;
import java.util.List;

/**
 * Geohashes (G. Niemeyer, 2008): cells of the earth with names of which each letter divides the
 * cell before it by 32. The world is halved alternately by longitude and latitude, and five halves
 * are a letter.
 *
 * <p>At the equator a cell of 5 letters is 4.9 km wide and high, one of 6 letters 1.2 km wide and
 * 0.6 km high, one of 7 letters 153 m in both directions.
 *
 * <pre>{@code
 * Geohash.of(57.64911, 10.40744, 11); // u4pruydqqvj
 * }</pre>
 */
public final class Geohash {

  /** The longest name: a cell of 4 by 2 cm. */
  public static final int LONGEST = 12;

  private static final String LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz";
  private static final int BITS = 5;

  private Geohash() {}

  /**
   * The cell of a place.
   *
   * @param letters of its name, 1 to {@link #LONGEST}
   */
  public static String of(double lat, double lon, int letters) {
    Distance.checkPlace(lat, lon);
    if (letters < 1 || letters > LONGEST) {
      throw new IllegalArgumentException(
          "a geohash has 1 to %d letters, not %d".formatted(LONGEST, letters));
    }
    return name(
        part(lat + 90, 180, rowBits(letters)), part(lon + 180, 360, columnBits(letters)), letters);
  }

  /**
   * The cells around a cell, clockwise from the north: eight, or five at a pole. West of 180
   * degrees east is 180 degrees west.
   */
  public static List<String> neighbours(String cell) {
    int letters = cell.length();
    long row = 0;
    long column = 0;
    for (int i = 0; i < letters * BITS; i++) {
      int letter = LETTERS.indexOf(cell.charAt(i / BITS));
      if (letter < 0) {
        throw new IllegalArgumentException("no geohash has this letter: " + cell);
      }
      int bit = (letter >> (BITS - 1 - i % BITS)) & 1;
      if (i % 2 == 0) {
        column = column << 1 | bit;
      } else {
        row = row << 1 | bit;
      }
    }
    int[][] around = {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}};
    long rows = 1L << rowBits(letters);
    long columns = 1L << columnBits(letters);
    List<String> neighbours = new ArrayList<>(around.length);
    for (int[] step : around) {
      long to = row + step[0];
      if (to >= 0 && to < rows) {
        neighbours.add(name(to, Math.floorMod(column + step[1], columns), letters));
      }
    }
    return neighbours;
  }

  private static int rowBits(int letters) {
    return letters * BITS / 2;
  }

  private static int columnBits(int letters) {
    return (letters * BITS + 1) / 2;
  }

  /** Which of 2^bits parts a value is in; the end belongs to the last. */
  private static long part(double value, double whole, int bits) {
    long parts = 1L << bits;
    return Math.min(parts - 1, (long) (value / whole * parts));
  }

  private static String name(long row, long column, int letters) {
    StringBuilder name = new StringBuilder(letters);
    int rowBit = rowBits(letters);
    int columnBit = columnBits(letters);
    int letter = 0;
    for (int i = 0; i < letters * BITS; i++) {
      long bit = i % 2 == 0 ? column >> --columnBit & 1 : row >> --rowBit & 1;
      letter = letter << 1 | (int) bit;
      if (i % BITS == BITS - 1) {
        name.append(LETTERS.charAt(letter));
        letter = 0;
      }
    }
    return name.toString();
  }
}
