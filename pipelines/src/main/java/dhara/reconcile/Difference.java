package dhara.reconcile;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * An answer that is not the same on both sides.
 *
 * @param output the output that it belongs to
 * @param key the key's columns, as a JSON object
 * @param start start of the window (inclusive)
 * @param end end of the window (exclusive)
 * @param a the settled answer of A; null where A has none
 * @param b the settled answer of B; null where B has none
 * @param changes the columns that differ, in the order of their names; none where a side is null
 * @param size how far apart: of two numbers |a-b| / max(|a|, |b|), 1 for all else; the largest
 * @param causes up to three ids of late events, or places of dead letters, that explain it
 */
public record Difference(
    String output,
    String key,
    Instant start,
    Instant end,
    @Nullable Settled a,
    @Nullable Settled b,
    List<Change> changes,
    double size,
    List<String> causes) {

  /** The largest first; of one size the earliest, then by key: the same order in every run. */
  static final Comparator<Difference> WORST_FIRST =
      Comparator.comparingDouble(Difference::size)
          .reversed()
          .thenComparing(Difference::start)
          .thenComparing(Difference::end)
          .thenComparing(Difference::key);

  /**
   * What a side settled on.
   *
   * @param revision the highest
   * @param value the value's columns, as a JSON object
   */
  public record Settled(long revision, String value) {}

  /**
   * A column that differs.
   *
   * @param column its name
   * @param a JSON; null where A has no such column
   * @param b likewise
   * @param by b - a, exactly, where both are numbers
   */
  public record Change(
      String column, @Nullable String a, @Nullable String b, @Nullable String by) {}

  Difference because(List<String> ids) {
    return new Difference(output, key, start, end, a, b, changes, size, ids);
  }
}
