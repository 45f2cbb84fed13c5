package dhara.options;

import info.debatty.java.stringsimilarity.OptimalStringAlignment;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that a mistyped name may have meant. */
public final class Nearest {

  private static final int MOST = 3;

  private static final OptimalStringAlignment EDITS = new OptimalStringAlignment();

  private Nearest() {}

  /** Up to three of {@code known}, the nearest first; empty if none is near. */
  public static List<String> to(String typed, Collection<String> known) {
    String name = typed.toLowerCase(Locale.ROOT);
    int reach = Math.max(2, name.length() / 3);
    return known.stream()
        .filter(
            candidate ->
                near(name, candidate.toLowerCase(Locale.ROOT), reach)
                    || candidate.toLowerCase(Locale.ROOT).startsWith(name))
        .sorted(
            Comparator.<String>comparingInt(c -> distance(name, c.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  /**
   * Words whose lengths differ by more are not compared, which would take memory for a long one.
   */
  private static boolean near(String name, String candidate, int reach) {
    return Math.abs(name.length() - candidate.length()) <= reach
        && distance(name, candidate) <= reach;
  }

  /** {@code " Did you mean a or b?"}, or nothing. */
  public static String question(String typed, Collection<String> known) {
    List<String> nearest = to(typed, known);
    return nearest.isEmpty() ? "" : " Did you mean " + String.join(" or ", nearest) + "?";
  }

  /**
   * The number of edits between two words: insertions, deletions, substitutions, and swaps of
   * neighbours.
   */
  public static int distance(String a, String b) {
    return (int) EDITS.distance(a, b);
  }
}
