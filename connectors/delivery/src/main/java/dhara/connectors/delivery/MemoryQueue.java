package dhara.connectors.delivery;

import dhara.events.DeadLetter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A queue in memory, whose owner waits until each of its rows has left. */
final class MemoryQueue {

  private final Round rounds;
  private final Memory rows = new Memory(new HashMap<>());
  private RowQueue queue = RowQueue.EMPTY;

  MemoryQueue(Round rounds) {
    this.rounds = rounds;
  }

  /** Adds a row, which is sent by {@link #empty}. */
  void add(Parcel parcel) {
    rows.put(queue.tail(), Waiting.fresh(parcel));
    queue = queue.longer();
  }

  /** How many rows it has. */
  long size() {
    return queue.size();
  }

  /**
   * Runs rounds until each row has left.
   *
   * @param undelivered takes the rows that were not taken
   */
  void empty(Consumer<DeadLetter> undelivered) throws InterruptedException {
    while (queue.size() > 0) {
      long now = System.currentTimeMillis();
      queue = rounds.run(rows, queue, now, undelivered);
      if (queue.size() > 0) {
        TimeUnit.MILLISECONDS.sleep(Math.max(1, queue.wakeMillis() - now));
      }
    }
  }

  /** Rows in memory. */
  private record Memory(Map<Long, Waiting> rows) implements Slots {

    @Override
    public @Nullable Waiting get(long position) {
      return rows.get(position);
    }

    @Override
    public void put(long position, Waiting row) {
      rows.put(position, row);
    }

    @Override
    public void remove(long position) {
      rows.remove(position);
    }
  }
}
