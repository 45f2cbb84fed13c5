package dhara.serving.store;

import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewChanges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The latest changes, in memory. Beyond a number of rows the oldest are dropped; whoever asks for
 * them must read the views anew. After a restart it begins empty, with ids that go on.
 */
final class ChangeLog {

  /** The most rows that it holds: some minutes of a busy stream, and some tens of megabytes. */
  private static final int MOST_ROWS = 200_000;

  private final ConcurrentSkipListMap<Long, ViewChange> changes = new ConcurrentSkipListMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long rows;
  private volatile long last;

  /** Changes up to this one are not known any more. */
  private volatile long forgotten;

  ChangeLog(long last) {
    this.last = last;
    this.forgotten = last;
  }

  long last() {
    return last;
  }

  /**
   * Adds the changes of a commit, with ids above all before.
   *
   * @param upTo the last id of the commit
   * @param whole false if changes of the commit are missing, because they are too many
   */
  void add(List<ViewChange> added, long upTo, boolean whole) {
    lock.lock();
    try {
      if (whole) {
        for (ViewChange change : added) {
          changes.put(change.id(), change);
          rows += change.size();
        }
        while (rows > MOST_ROWS) {
          ViewChange oldest = changes.pollFirstEntry().getValue();
          rows -= oldest.size();
          forgotten = oldest.id();
        }
      } else {
        changes.clear();
        rows = 0;
        forgotten = upTo;
      }
      last = upTo;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  ViewChanges since(long since, int most) {
    // In this order: what is dropped in between makes the answer incomplete, never wrong.
    List<ViewChange> after = new ArrayList<>();
    long now = last;
    int size = 0;
    for (ViewChange change : changes.tailMap(since, false).values()) {
      if (size >= most || change.id() > now) {
        break;
      }
      after.add(change);
      size += change.size();
    }
    boolean complete = since >= forgotten && since <= now;
    return new ViewChanges(complete, now, complete ? after : List.of());
  }

  boolean await(long since, Duration atMost) throws InterruptedException {
    long nanos = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (last <= since && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return last > since;
    } finally {
      lock.unlock();
    }
  }
}
