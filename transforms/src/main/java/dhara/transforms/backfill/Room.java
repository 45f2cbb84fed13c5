package dhara.transforms.backfill;

import dhara.transforms.shards.TableBudget;

/** The memory that one table takes from a budget, in steps, and returns when it is closed. */
public final class Room implements AutoCloseable {

  /** The memory of a table that is available even if others have used up the budget. */
  public static final long LEAST_BYTES = 4 << 20;

  /**
   * The size of a step: a budget is shared by threads, so it should not be accessed for each key.
   */
  private static final long STEP = 1 << 20;

  private final TableBudget budget;
  private final long least;
  private long granted;
  private long used;

  /**
   * Takes memory from a budget.
   *
   * @param least bytes that are available even if the budget is used up, so that each table makes
   *     progress
   */
  public Room(TableBudget budget, long least) {
    this.budget = budget;
    this.least = least;
  }

  /** Takes this many bytes, if they are available. */
  public boolean take(long bytes) {
    if (!reach(used + bytes)) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Takes this many bytes even if they are not available. */
  public void force(long bytes) {
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
