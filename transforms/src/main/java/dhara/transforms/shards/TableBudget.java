package dhara.transforms.shards;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all tables may take together. */
public final class TableBudget {

  /** Tables may take this fraction of the heap: one in 4 bytes. */
  private static final int SHARE = 4;

  private static final TableBudget OF_PROCESS =
      new TableBudget(Runtime.getRuntime().maxMemory() / SHARE);

  private final AtomicLong left;

  public TableBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /**
   * The budget of the whole process, because the number of instances of a step depends on the
   * engine.
   */
  public static TableBudget ofProcess() {
    return OF_PROCESS;
  }

  /** Takes this much, if it is available. */
  public boolean take(long bytes) {
    if (left.addAndGet(-bytes) >= 0) {
      return true;
    }
    giveBack(bytes);
    return false;
  }

  /** Gives back what was taken. */
  public void giveBack(long bytes) {
    left.addAndGet(bytes);
  }
}
