package dhara.pipelines.social;

import java.time.Instant;
import java.util.Comparator;

/**
 * A word that rises in a window; the one that rises more is before the other.
 *
 * @param end of the window
 */
record RisingWord(
    String language, Instant end, String word, long posts, long users, long before, double rise)
    implements Comparable<RisingWord> {

  private static final Comparator<RisingWord> ORDER =
      Comparator.comparingDouble(RisingWord::rise)
          .thenComparingLong(RisingWord::posts)
          .reversed()
          .thenComparing(RisingWord::word)
          .thenComparing(RisingWord::language)
          .thenComparing(RisingWord::end);

  @Override
  public int compareTo(RisingWord other) {
    return ORDER.compare(this, other);
  }
}
