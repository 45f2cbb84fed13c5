package dhara.serving.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the store keeps, and for how long. Ages are in event time: before the end of the newest
 * window of the view, so that history is not dropped because it is old.
 *
 * @param keep how long rows are kept as they are; null for ever
 * @param tiers what they are rolled up into beyond that, from the finest to the coarsest
 * @param rolled how the columns of a view are rolled up, by the view; rows of other views are
 *     dropped
 * @param known how long, on the wall clock, superseded and withdrawn rows are kept, so that {@code
 *     asKnownAt} finds them
 */
public record KeepRules(
    @Nullable Duration keep, List<Tier> tiers, Map<String, List<Rolled>> rolled, Duration known) {

  /** Up to this age, {@code asKnownAt} is exact; beyond, it goes by {@link #GRAIN}. */
  static final Duration EXACT = Duration.ofHours(1);

  /** How finely superseded rows are kept beyond {@link #EXACT}. */
  static final Duration GRAIN = Duration.ofMinutes(1);

  public KeepRules {
    tiers = List.copyOf(tiers);
    rolled = Map.copyOf(rolled);
  }

  /** Everything is kept. */
  public static KeepRules all() {
    return new KeepRules(null, List.of(), Map.of(), Duration.ofDays(1));
  }

  /**
   * A tier: one row for each key and window of this width.
   *
   * @param width of its windows, which are aligned to 1970
   * @param kept how long its rows are kept
   */
  public record Tier(Duration width, Duration kept) {

    /** The start of the window that an instant is in. */
    Instant floor(Instant instant) {
      long width = this.width.toMillis();
      return Instant.ofEpochMilli(Math.floorDiv(instant.toEpochMilli(), width) * width);
    }
  }

  /** How a column is rolled up. */
  public enum How {
    SUM,
    MIN,
    MAX,
    /** The value of the earliest window. */
    FIRST,
    /** The value of the latest window. */
    LAST,
    /** The sum of one column, divided by the sum of another. */
    RATIO
  }

  /**
   * How a column is rolled up; those that are not named are null in rolled up rows.
   *
   * @param of the column that is divided; only for {@link How#RATIO}
   * @param by the column to divide by; only for {@link How#RATIO}
   */
  public record Rolled(String column, How how, @Nullable String of, @Nullable String by) {}
}
