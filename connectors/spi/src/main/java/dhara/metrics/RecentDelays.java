package dhara.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The delays of the answers in the latest minute that had any. They are kept in slots of five
 * seconds, because percentiles would jump if a whole minute were dropped at once.
 */
final class RecentDelays {

  private static final long MINUTE = 60_000;
  private static final long SLOT = 5_000;

  private record Slot(long startMillis, Map<Long, Long> answers) {}

  private final Deque<Slot> slots = new ArrayDeque<>();

  /** The answers of all slots by delay, because percentiles are asked for after each addition. */
  private final TreeMap<Long, Long> all = new TreeMap<>();

  private long count;

  /**
   * Adds delays.
   *
   * @param nowMillis the wall clock, epoch milliseconds
   */
  void add(long nowMillis, Delays delays) {
    while (!slots.isEmpty() && slots.getFirst().startMillis <= nowMillis - MINUTE) {
      slots.removeFirst().answers.forEach((delay, answers) -> count(delay, -answers));
    }
    long start = nowMillis - Math.floorMod(nowMillis, SLOT);
    if (slots.isEmpty() || slots.getLast().startMillis != start) {
      slots.addLast(new Slot(start, new HashMap<>()));
    }
    Map<Long, Long> latest = slots.getLast().answers;
    delays
        .answers()
        .forEach(
            (delay, answers) -> {
              latest.merge(delay, answers, Long::sum);
              count(delay, answers);
            });
  }

  private void count(long delay, long answers) {
    count += answers;
    all.merge(delay, answers, (one, other) -> one + other == 0 ? null : one + other);
  }

  /**
   * A percentile of the delays.
   *
   * @param percent 1 to 100
   * @return milliseconds; -1 if there are no answers
   */
  long percentile(int percent) {
    long rank = (count * percent + 99) / 100;
    for (Map.Entry<Long, Long> entry : all.entrySet()) {
      rank -= entry.getValue();
      if (rank <= 0) {
        return entry.getKey();
      }
    }
    return -1;
  }
}
