package dhara.reconcile;

import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The rows of one side, key and window, come in any order; which of them is the answer. A row that
 * another beats in revision and in place can never be it, so that one row is kept as a rule.
 */
final class Settling {

  private final List<AnswerRow> candidates = new ArrayList<>(1);
  private long removedUpTo = -1;

  void add(AnswerRow row) {
    if (row.value() == null) {
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
    return one.revision() >= other.revision() && one.order() >= other.order();
  }

  /** The highest revision after the last tombstone; null where nothing is left. */
  @Nullable AnswerRow settled() {
    AnswerRow best = null;
    for (AnswerRow row : candidates) {
      if (row.order() > removedUpTo && (best == null || row.revision() > best.revision())) {
        best = row;
      }
    }
    return best;
  }
}
