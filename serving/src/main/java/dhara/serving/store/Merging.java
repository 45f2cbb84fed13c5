package dhara.serving.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The rows of one commit of one view, reduced to one for each id before they reach the store: an
 * upsert statement with two rows of one key keeps either.
 *
 * <p>The row with the highest revision counts. Of two with the same revision, the later one of an
 * ordered place (a topic) counts, and one of an ordered place before one of an unordered place (a
 * file). Rows of files have no order: a withdrawal counts before a row, and of two different rows
 * always the same one is taken, whatever their order, and counted as a conflict.
 */
final class Merging {

  /**
   * A row, and how it ranks.
   *
   * @param clears whether all before it is removed, whatever its revision
   */
  record Merged(StoredRow row, boolean ordered, boolean finished, boolean clears) {

    /** Among rows of the same revision, the higher rank counts. */
    int rank() {
      return ordered ? 1 : 0;
    }
  }

  private final Map<UUID, Merged> rows = new LinkedHashMap<>();
  private long taken;
  private long conflicts;

  void add(ViewLoad load) {
    for (StoredRow row : load.rows()) {
      taken++;
      add(new Merged(row, load.ordered(), load.finished(), false));
    }
  }

  private void add(Merged added) {
    StoredRow row = added.row;
    if (row.revision() == StoredRow.ALL_BEFORE) {
      rows.put(row.id(), new Merged(row, added.ordered, added.finished, true));
      return;
    }
    Merged there = rows.get(row.id());
    if (there == null) {
      rows.put(row.id(), added);
    } else if (there.row.revision() == StoredRow.ALL_BEFORE || beats(added, there)) {
      rows.put(row.id(), new Merged(row, added.ordered, added.finished, there.clears));
    }
  }

  private boolean beats(Merged one, Merged there) {
    StoredRow a = one.row;
    StoredRow b = there.row;
    if (a.revision() != b.revision()) {
      return a.revision() > b.revision();
    }
    if (one.ordered || there.ordered) {
      return one.ordered;
    }
    if (a.withdrawn() != b.withdrawn()) {
      return a.withdrawn();
    }
    int order = Long.compare(a.content(), b.content());
    if (order != 0) {
      conflicts++;
      return order > 0;
    }
    return one.finished && !there.finished;
  }

  /** How many rows were added. */
  long taken() {
    return taken;
  }

  /** How many contradicted another one. */
  long conflicts() {
    return conflicts;
  }

  /** The rows that may count, by id. */
  Map<UUID, Merged> rows() {
    return rows;
  }

  /** Whether everything before one of the rows is removed. */
  boolean clears() {
    return rows.values().stream().anyMatch(Merged::clears);
  }
}
