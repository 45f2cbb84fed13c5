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
 * Events that are held back so that they are late: until their own partition has seen an event that
 * is newer by a given duration. It is per partition, because a stream decides lateness per
 * partition.
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

  /**
   * Notes that the archive holds this event a second time: then it is not missing from the stream,
   * even if the held-back one is late.
   */
  void comesAgain(String id) {
    if (ids.contains(id)) {
      again.add(id);
    }
  }

  /** The events that are late now that this one was sent. */
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

  /** The events still held back, in event-time order. */
  List<ReplayRecord> rest() {
    Comparator<ReplayRecord> order = ReplayRecord.BY_EVENT_TIME;
    return waiting.stream().flatMap(PriorityQueue::stream).sorted(order).toList();
  }
}
