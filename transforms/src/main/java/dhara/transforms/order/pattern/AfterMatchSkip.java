package dhara.transforms.order.pattern;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What becomes of the other partial matches and matches of a key after a match was found, so that
 * an event is not reported more often than wanted.
 *
 * <p>All strategies but {@link #noSkip} report matches in the order of their first events. Of the
 * matches with one first event, the one that is complete first comes first; of those that one event
 * completes, the one whose events are earlier, compared one after the other. A match waits until
 * each partial match with an earlier first event is complete, broken or timed out. A reported match
 * discards the matches and partial matches that begin where the strategy says.
 */
public final class AfterMatchSkip implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Where matches that begin are discarded. */
  enum To {
    NONE,
    NEXT,
    PAST_LAST,
    FIRST,
    LAST
  }

  private static final AfterMatchSkip NO_SKIP = new AfterMatchSkip(To.NONE, null);

  private final To to;
  private final @Nullable String step;

  private AfterMatchSkip(To to, @Nullable String step) {
    this.to = to;
    this.step = step;
  }

  /** Discards nothing: each match is reported, as soon as it is complete. */
  public static AfterMatchSkip noSkip() {
    return NO_SKIP;
  }

  /** Discards all that begin with the same event as the match. */
  public static AfterMatchSkip skipToNext() {
    return new AfterMatchSkip(To.NEXT, null);
  }

  /** Discards all that begin within the match, its last event included. */
  public static AfterMatchSkip skipPastLastEvent() {
    return new AfterMatchSkip(To.PAST_LAST, null);
  }

  /**
   * Discards all that begin before the first event of the step in the match. If the match has no
   * event of that step, nothing is discarded.
   */
  public static AfterMatchSkip skipToFirst(String step) {
    return new AfterMatchSkip(To.FIRST, step);
  }

  /**
   * Discards all that begin before the last event of the step in the match. If the match has no
   * event of that step, nothing is discarded.
   */
  public static AfterMatchSkip skipToLast(String step) {
    return new AfterMatchSkip(To.LAST, step);
  }

  To to() {
    return to;
  }

  /** The step to skip to, or null. */
  @Nullable String step() {
    return step;
  }

  boolean skips() {
    return to != To.NONE;
  }

  @Override
  public String toString() {
    return switch (to) {
      case NONE -> "noSkip()";
      case NEXT -> "skipToNext()";
      case PAST_LAST -> "skipPastLastEvent()";
      case FIRST -> "skipToFirst(\"" + step + "\")";
      case LAST -> "skipToLast(\"" + step + "\")";
    };
  }
}
