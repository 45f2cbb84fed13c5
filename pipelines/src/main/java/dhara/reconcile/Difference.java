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
 * @param a the settled answer of A; null if A has none
 * @param b the settled answer of B; null if B has none
 * @param changes the columns that differ, in the order of their names; empty if a side is null
 * @param size the largest distance of a column: for two numbers |a-b| / max(|a|, |b|), otherwise 1
 * @param causes up to three ids of late events, or positions of dead letters, that explain it
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

  /**
   * The largest first, then the earliest, then by key, so that the order is the same in every run.
   */
  static final Comparator<Difference> WORST_FIRST =
      Comparator.comparingDouble(Difference::size)
          .reversed()
          .thenComparing(Difference::start)
          .thenComparing(Difference::end)
          .thenComparing(Difference::key);

  /**
   * The settled answer of a side.
   *
   * @param revision the highest
   * @param value the value's columns, as a JSON object
   */
  public record Settled(long revision, String value) {}

  /**
   * A column that differs.
   *
   * @param column its name
   * @param a JSON; null if A has no such column
   * @param b likewise
   * @param by b - a, exactly, if both are numbers
   */
  public record Change(
      String column, @Nullable String a, @Nullable String b, @Nullable String by) {}

  Difference because(List<String> ids) {
    return new Difference(output, key, start, end, a, b, changes, size, ids);
  }
}
