package dhara.connectors.reading;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time of the newest event of each run in this process, shared by the readers of the run, so
 * that an idle reader can follow the others. It is removed when the last of them closes.
 */
final class SharedNewest {

  private static final Map<UUID, SharedNewest> RUNS = new HashMap<>();

  private final AtomicLong newest = new AtomicLong(ReaderWatermark.NONE);
  private int readers;

  private SharedNewest() {}

  /** A reader of a run opens; epoch milliseconds. */
  static AtomicLong enter(UUID run) {
    synchronized (RUNS) {
      SharedNewest shared = RUNS.computeIfAbsent(run, each -> new SharedNewest());
      shared.readers++;
      return shared.newest;
    }
  }

  /** A reader of a run closes; to be called once for each {@link #enter}. */
  static void leave(UUID run) {
    synchronized (RUNS) {
      RUNS.computeIfPresent(run, (each, shared) -> --shared.readers == 0 ? null : shared);
    }
  }

  /** The number of runs being read. */
  static int runs() {
    synchronized (RUNS) {
      return RUNS.size();
    }
  }
}
