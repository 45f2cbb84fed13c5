package dhara.options;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names that a mistyped name may have meant. */
public final class Nearest {

  private static final int MOST = 3;

  private Nearest() {}

  /** Up to three of {@code known}, the nearest first; empty if none is near. */
  public static List<String> to(String typed, Collection<String> known) {
    String name = typed.toLowerCase(Locale.ROOT);
    int reach = Math.max(2, name.length() / 3);
    return known.stream()
        .filter(
            candidate ->
                distance(name, candidate.toLowerCase(Locale.ROOT)) <= reach
                    || candidate.toLowerCase(Locale.ROOT).startsWith(name))
        .sorted(
            Comparator.<String>comparingInt(c -> distance(name, c.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
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
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        d[i][j] =
            Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
