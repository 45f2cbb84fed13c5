package dhara.formats.mapping;

import info.debatty.java.stringsimilarity.OptimalStringAlignment;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The names of components outside of Java, and suggestions for misspelt names. */
public final class Names {

  private static final OptimalStringAlignment EDITS = new OptimalStringAlignment();

  /** The time and memory of a comparison grow with the product of the lengths. */
  private static final int COMPARED = 200;

  private Names() {}

  /** {@code orderId} as {@code order_id}, {@code priceE4} as {@code price_e4}. */
  public static String snake(String component) {
    StringBuilder snake = new StringBuilder(component.length() + 4);
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      if (Character.isUpperCase(c) && i > 0 && startsWord(component, i)) {
        snake.append('_');
      }
      snake.append(Character.toLowerCase(c));
    }
    return snake.toString();
  }

  /** The H and the C of {@code lastHTTPCode} start words, the other capitals do not. */
  private static boolean startsWord(String component, int i) {
    char before = component.charAt(i - 1);
    boolean lowerFollows =
        i + 1 < component.length() && Character.isLowerCase(component.charAt(i + 1));
    return before != '_' && (!Character.isUpperCase(before) || lowerFollows);
  }

  /** The one of {@code names} with the fewest edits, ignoring case. */
  static String nearest(String name, Collection<String> names) {
    String nearest = "";
    int fewest = Integer.MAX_VALUE;
    for (String candidate : names) {
      int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /**
   * The one of {@code names} that {@code name} may have meant: the same except for case and word
   * separators, a few edits away, or one containing the other.
   */
  public static Optional<String> like(String name, Collection<String> names) {
    String bare = bare(name);
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : names) {
      String other = bare(candidate);
      boolean part = contains(other, bare) || contains(bare, other);
      int edits = part ? 1 : edits(bare, other);
      if (edits <= Math.max(1, bare.length() / 3) && edits < least && bare.length() > 1) {
        least = bare.equals(other) ? 0 : edits;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private static boolean contains(String whole, String part) {
    return part.length() >= 3 && whole.contains(part);
  }

  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  /**
   * Insertions, deletions, substitutions, and swaps of neighbours; of long names at their start.
   */
  private static int edits(String from, String to) {
    return (int) EDITS.distance(beginning(from), beginning(to));
  }

  private static String beginning(String name) {
    return name.substring(0, Math.min(name.length(), COMPARED));
  }
}
