package dhara.tools.replay;

import dhara.tools.replay.ReplayRecord.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Events that wait to be late: until their own partition has seen an event that is newer by so
 * much. A stream knows lateness by partition, and so is this.
 */
final class HeldBack {

  private final List<PriorityQueue<ReplayRecord>> waiting;
  private final long[] newest;
  private final long lateMicros;
  private final Set<String> ids = new HashSet<>();
  private final Set<String> again = new HashSet<>();

  HeldBack(int partitions, long lateMicros) {
    this.waiting =
        IntStream.range(0, partitions)
            .mapToObj(p -> new PriorityQueue<>(ReplayRecord.BY_EVENT_TIME))
            .toList();
    this.newest = new long[partitions];
    Arrays.fill(newest, ReplayPlan.START);
    this.lateMicros = lateMicros;
  }

  /** Holds an event back. */
  void add(ReplayRecord event) {
    waiting.get(event.partition()).add(event);
    ids.add(event.id());
  }

  /** The archive holds an event a second time: nobody misses it, if the first one is late. */
  void comesAgain(String id) {
    if (ids.contains(id)) {
      again.add(id);
    }
  }

  /** What is late now that an event was sent. */
  List<ReplayRecord> after(ReplayRecord sent) {
    int partition = sent.partition();
    if (sent.at() <= newest[partition]) {
      return List.of();
    }
    newest[partition] = sent.at();
    PriorityQueue<ReplayRecord> held = waiting.get(partition);
    List<ReplayRecord> late = new ArrayList<>();
    while (!held.isEmpty() && held.peek().at() + lateMicros <= newest[partition]) {
      ReplayRecord record = held.remove();
      ids.remove(record.id());
      late.add(record.as(again.remove(record.id()) ? Kind.HELD_BACK : Kind.LATE));
    }
    return late;
  }

  /** What still waits, in the order of event time. */
  List<ReplayRecord> rest() {
    Comparator<ReplayRecord> order = ReplayRecord.BY_EVENT_TIME;
    return waiting.stream().flatMap(PriorityQueue::stream).sorted(order).toList();
  }
}
