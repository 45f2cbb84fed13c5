package dhara.reconcile;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the settled row among the rows of one side, key and window, which come in any order: the
 * one with the highest revision, which is the answer or, if it is a tombstone, means that there is
 * none. If revisions are equal, the last row counts. A tombstone without a revision was written by
 * another program and removes all rows before it.
 *
 * <p>A row that another beats in both revision and position can never be the answer, so usually
 * only one row is kept. Rows with the same revision and position but different content contradict
 * each other, unless a later row counts.
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
   * @throws IllegalStateException if two different rows would be the answer
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
