package dhara.transforms.shards;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that tables may take together, whoever holds them. */
public final class TableBudget {

  /** Tables may take one in so many bytes of the heap. */
  private static final int SHARE = 4;

  private static final TableBudget OF_PROCESS =
      new TableBudget(Runtime.getRuntime().maxMemory() / SHARE);

  private final AtomicLong left;

  public TableBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /** That of all tables in this process: engines make many instances of a step, or few. */
  public static TableBudget ofProcess() {
    return OF_PROCESS;
  }

  /** Takes so much of it, if it is there. */
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
