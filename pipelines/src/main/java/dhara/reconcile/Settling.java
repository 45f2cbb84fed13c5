package dhara.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rows of one side, key and window, come in any order; the one of the highest revision is what
 * they settle on: the answer, or, if it is a tombstone, that there is none. Of equal revisions the
 * last row counts. A tombstone that names no revision was written by another program: what stands
 * before it does not count.
 *
 * <p>A row that another beats in revision and in place can never be the answer, so one row is kept
 * as a rule. Rows of one revision and place that say different things contradict each other, unless
 * a later one counts.
 */
final class Settling {

  private final List<AnswerRow> candidates = new ArrayList<>(1);
  private long removedUpTo = -1;

  void add(AnswerRow row) {
    if (row.revision() == AnswerRow.ALL_BEFORE) {
      removedUpTo = Math.max(removedUpTo, row.order());
      return;
    }
    for (AnswerRow other : candidates) {
      if (beats(other, row)) {
        return;
      }
    }
    candidates.removeIf(other -> beats(row, other));
    candidates.add(row);
  }

  private static boolean beats(AnswerRow one, AnswerRow other) {
    boolean tied = one.revision() == other.revision() && one.order() == other.order();
    return tied
        ? Objects.equals(one.value(), other.value())
        : one.revision() >= other.revision() && one.order() >= other.order();
  }

  /**
   * The answer; null if there is none.
   *
   * @throws IllegalStateException where two rows are the answer, and differ
   */
  @Nullable AnswerRow settled() {
    AnswerRow best = null;
    for (AnswerRow row : candidates) {
      if (row.order() <= removedUpTo || (best != null && row.revision() < best.revision())) {
        continue;
      }
      if (best != null && row.revision() == best.revision() && row.order() == best.order()) {
        throw new IllegalStateException(
            "two different rows of %s %s [%s, %s), both of revision %d: a set that two runs wrote is no answer"
                .formatted(row.output(), row.key(), row.start(), row.end(), row.revision()));
      }
      best = row;
    }
    return best == null || best.value() == null ? null : best;
  }
}
