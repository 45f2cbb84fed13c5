package dhara.transforms.backfill;

import dhara.transforms.shards.TableBudget;

/** The memory that one table takes of a budget, in steps, and gives back when it is closed. */
public final class Room implements AutoCloseable {

  /** A budget is shared by threads, and is not to be asked for each key. */
  private static final long STEP = 1 << 20;

  private final TableBudget budget;
  private final long least;
  private long granted;
  private long used;

  /**
   * Of a budget.
   *
   * @param least bytes that are there even if the budget is used up, so that each table gets on
   */
  public Room(TableBudget budget, long least) {
    this.budget = budget;
    this.least = least;
  }

  /** Takes so many bytes, if they are there. */
  boolean take(long bytes) {
    if (!reach(used + bytes)) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Takes so many bytes for what cannot wait, even if they are not there. */
  void force(long bytes) {
    used += bytes;
    boolean unused = reach(used);
  }

  private boolean reach(long bytes) {
    while (least + granted < bytes) {
      long step = Math.max(STEP, bytes - least - granted);
      if (!budget.take(step)) {
        return false;
      }
      granted += step;
    }
    return true;
  }

  @Override
  public void close() {
    budget.giveBack(granted);
    granted = 0;
    used = 0;
  }
}
