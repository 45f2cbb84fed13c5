package dhara.transforms.order;

import dhara.events.Event;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.shards.WaitingBlocks;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A shard of a stream while it is worked on: its waiting events, its index of wake-ups, and what is
 * remembered of its keys.
 *
 * <p>The index is a bag of entries of a key and the time at which to look at it. A key has one
 * entry that counts, whose time is stored with its state, and which is not after its wake-up. If
 * the wake-up is postponed, the entry stays, and the key gets another when it is looked at. If the
 * wake-up is brought forward, the key gets an entry at once, and the old one finds nothing to do.
 */
final class OrderShard<E extends Event, K, S, O, OUT> {

  private static final Counter DROPPED = Metrics.counter(InOrder.class, "droppedDueToLateness");

  /**
   * The state of a shard.
   *
   * @param waiting blocks of events
   * @param wakes the index of wake-ups
   * @param keys what is stored of each key
   * @param heads what is stored of each key with waiting events, if there are provisional outputs
   */
  record Cells(
      BagState<byte[]> waiting,
      BagState<byte[]> wakes,
      MapState<Integer, byte[]> keys,
      MapState<Integer, byte[]> heads) {}

  private final Folding<E, K, S, O, OUT> folding;
  private final Steps<E, S, O> steps;
  private final Held.Form<S> form;
  private final Cells cells;
  private final KeyBlocks keys;
  private final KeyBlocks heads;
  private final Steps.Taker<OUT> out;
  private final BlockWriter newWakes = new BlockWriter();
  private Clock clock;
  private boolean stored;

  OrderShard(
      Folding<E, K, S, O, OUT> folding,
      Steps<E, S, O> steps,
      Cells cells,
      Clock clock,
      Steps.Taker<OUT> out) {
    this.folding = folding;
    this.steps = steps;
    this.form = new Held.Form<>(steps, folding.states());
    this.cells = cells;
    this.keys = new KeyBlocks(cells.keys);
    this.heads = new KeyBlocks(cells.heads);
    this.clock = clock;
    this.out = out;
  }

  /** The progress of the shard. */
  Clock clock() {
    return clock;
  }

  /** Applies all events before a moment, in milliseconds, and calls all wake-ups until it. */
  void settle(long until) throws IOException {
    DueEvents<E, O> due = new DueEvents<>(folding.events(), folding.outputs());
    long earliest = clock.earliest();
    if (earliest < until) {
      long settled = clock.settled();
      earliest =
          part(
              cells.waiting,
              until,
              entry -> {
                if (entry.revision() < settled) {
                  DROPPED.inc();
                } else {
                  due.addEvent(entry);
                }
              });
    }
    long nextWake = clock.nextWake();
    if (nextWake <= until) {
      nextWake = part(cells.wakes, until == Clock.NEVER ? until : until + 1, due::add);
    }
    clock = new Clock(Math.max(clock.settled(), until), earliest, nextWake, clock.sweep());
    Instant moment = until == Clock.NEVER ? Instant.MAX : Instant.ofEpochMilli(until);
    for (DueEvents.Key<E, O> key : due.keys()) {
      settle(key, moment, until);
    }
    keys.flush();
    heads.flush();
    if (newWakes.size() > 0) {
      cells.wakes.add(newWakes.toBytes());
    }
    if (stored && clock.sweep() == Clock.NEVER && until != Clock.NEVER) {
      clock = clock.sweeping(sweepAfter(until, folding.fold().keep().toMillis()));
    }
  }

  /** Passes on the entries of a bag before a moment; returns the earliest of the others. */
  private static long part(BagState<byte[]> bag, long until, WaitingBlocks.DueTaker due)
      throws IOException {
    WaitingBlocks parted = WaitingBlocks.part(bag.read(), until, due);
    bag.clear();
    parted.left().forEach(bag::add);
    return parted.earliest();
  }

  @SuppressWarnings("ReferenceEquality") // an unchanged one is the same
  private void settle(DueEvents.Key<E, O> entry, Instant moment, long until) throws IOException {
    byte[] block = keys.block(entry);
    var bytes = KeyBlocks.find(block, entry);
    Held<S> held = bytes == null ? null : form.read(bytes);
    FoldProgress<S> before = held == null ? null : held.progress();
    long indexed =
        held == null || held.indexedMillis() <= until ? Clock.NEVER : held.indexedMillis();

    FoldProgress<S> after = fold(entry, before, moment);
    if (after != null && steps.expired(after.last(), moment)) {
      after = null;
    }
    if (after != null && after.wake() != null && up(after.wake()) < indexed) {
      indexed = up(after.wake());
      entry.write(newWakes, indexed, body -> {});
      clock =
          new Clock(
              clock.settled(),
              clock.earliest(),
              Math.min(clock.nextWake(), indexed),
              clock.sweep());
    }
    if (after == null) {
      if (held != null) {
        keys.put(block, entry, null);
      }
    } else if (held == null || after != before || indexed != held.indexedMillis()) {
      Held<S> next = new Held<>(after, indexed);
      keys.put(block, entry, body -> form.write(next, body));
      stored = true;
    }
  }

  /** Applies the due events of a key, and gives their outputs. */
  private @Nullable FoldProgress<S> fold(
      DueEvents.Key<E, O> entry, @Nullable FoldProgress<S> before, Instant moment)
      throws IOException {
    K key = folding.giving().needsKey() ? entry.key(folding.keys()) : null;
    Steps.Taker<O> give = (output, at) -> out.take(folding.giving().of(key, output), at);
    FoldProgress<S> after = before;
    DueEvents.Due<E, O> last = null;
    for (DueEvents.Due<E, O> due : entry.inOrder()) {
      last = due;
      if (due.given() == null) {
        after = steps.apply(after, due.event(), give, give);
        continue;
      }
      List<O> settled = new ArrayList<>(due.given().size());
      after = steps.apply(after, due.event(), give, (output, at) -> settled.add(output));
      folding
          .giving()
          .correct(
              key,
              due.given(),
              settled,
              this::same,
              corrected -> out.take(corrected, due.event().at()));
    }
    if (last != null && last.given() != null) {
      dropHead(entry, last.event());
    }
    return after == null ? null : steps.wakeUntil(after, moment, give);
  }

  private boolean same(O one, O other) {
    return folding.outputs().structuralValue(one).equals(folding.outputs().structuralValue(other));
  }

  /** The first whole millisecond that is not before a moment. */
  private static long up(Instant at) {
    long millis = at.toEpochMilli();
    return Instant.ofEpochMilli(millis).isBefore(at) ? millis + 1 : millis;
  }

  private long sweepAfter(long at, long millis) {
    return Clock.plus(Clock.plus(at, millis), folding.lateness().toMillis() + 1);
  }

  /**
   * Drops the states that no event can use any more.
   *
   * @param until events before this time have arrived
   */
  void sweep(long until) throws IOException {
    if (until == Clock.NEVER) { // the end of the input, after which nothing is needed
      clock = clock.sweeping(Clock.NEVER);
      return;
    }
    // A wake-up may be up to a millisecond before its entry in the index, which is rounded up.
    long wake = clock.nextWake() == Clock.NEVER ? Clock.NEVER : clock.nextWake() - 1;
    long reached = Math.min(until, Math.min(clock.earliest(), wake));
    Instant moment = Instant.ofEpochMilli(reached);
    long earliest = Clock.NEVER;
    List<Integer> gone = new ArrayList<>();
    List<Map.Entry<Integer, byte[]>> smaller = new ArrayList<>();
    for (Map.Entry<Integer, byte[]> of : cells.keys.entries().read()) {
      BlockWriter left = new BlockWriter();
      for (BlockReader key = new BlockReader(of.getValue()); key.next(); ) {
        Instant last = Held.Form.time(key.sumBytes());
        if (!steps.expired(last, moment)) {
          left.copy(key);
          earliest = Math.min(earliest, last.toEpochMilli());
        }
      }
      if (left.size() == 0) {
        gone.add(of.getKey());
      } else if (left.size() < of.getValue().length) {
        smaller.add(Map.entry(of.getKey(), left.toBytes()));
      }
    }
    gone.forEach(cells.keys::remove);
    smaller.forEach(of -> cells.keys.put(of.getKey(), of.getValue()));
    long keep = folding.fold().keep().toMillis();
    clock =
        clock.sweeping(
            earliest == Clock.NEVER
                ? Clock.NEVER
                : Math.max(sweepAfter(earliest, keep + 1), sweepAfter(until, keep / 8)));
  }

  /** Gives the provisional outputs of events that have arrived; they wait with their outputs. */
  void arrive(byte[] block) throws IOException {
    BlockWriter answered = new BlockWriter();
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      if (entry.revision() < clock.settled()) {
        DROPPED.inc();
        continue;
      }
      E event = entry.sum(folding.events());
      List<O> given = arrive(entry, event, answered);
      answered.add(
          block,
          entry.keyOffset(),
          entry.keyLength(),
          entry.revision(),
          body -> DueEvents.write(event, given, body, folding.events(), folding.outputs()));
      clock = clock.with(entry.revision());
    }
    heads.flush();
    if (answered.size() > 0) {
      cells.waiting.add(answered.toBytes());
    }
  }

  @SuppressWarnings("ReferenceEquality") // the event itself, not another one like it
  private List<O> arrive(BlockReader reader, E event, BlockWriter answered) throws IOException {
    DueEvents.Key<E, O> entry = new DueEvents.Key<>(reader, reader.keyHash());
    byte[] block = heads.block(entry);
    var bytes = KeyBlocks.find(block, entry);
    Held.Head<S> head = bytes == null ? null : form.readHead(bytes);
    K key = folding.giving().needsKey() ? entry.key(folding.keys()) : null;
    List<O> given = new ArrayList<>(1);
    Steps.Taker<O> none = (output, at) -> {};
    Steps.Taker<O> give =
        (output, at) -> {
          given.add(output);
          out.take(folding.giving().atArrival(key, output), at);
        };
    FoldProgress<S> after;
    E last = event;
    if (head == null || isAfter(event, head)) {
      after = steps.apply(head == null ? settled(entry) : head.progress(), event, none, give);
    } else {
      after = settled(entry);
      for (E each : together(entry, event, answered)) {
        after = steps.apply(after, each, none, each == event ? give : none);
        last = each;
      }
    }
    Held.Head<S> next = new Held.Head<>(after, last.at(), last.id());
    heads.put(block, entry, body -> form.write(next, body));
    return given;
  }

  private @Nullable FoldProgress<S> settled(KeyTable.Entry entry) throws IOException {
    var bytes = KeyBlocks.find(keys.block(entry), entry);
    return bytes == null ? null : form.read(bytes).progress();
  }

  /** The waiting events of a key and another one, in order. */
  private List<E> together(DueEvents.Key<E, O> entry, E event, BlockWriter answered)
      throws IOException {
    List<E> all = new ArrayList<>();
    for (byte[] block : cells.waiting.read()) {
      addEvents(entry, block, all);
    }
    addEvents(entry, answered.toBytes(), all);
    all.add(event);
    all.sort(Fold.ORDER);
    return all;
  }

  private void addEvents(KeyTable.Entry key, byte[] block, List<E> all) throws IOException {
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      if (key.hasKeyOf(entry)) {
        all.add(DueEvents.read(entry, folding.events(), folding.outputs()).event());
      }
    }
  }

  private static <E extends Event, S> boolean isAfter(E event, Held.Head<S> head) {
    int times = event.at().compareTo(head.at());
    return times > 0 || (times == 0 && event.id().compareTo(head.id()) >= 0);
  }

  /** Drops what is stored of a key with waiting events, after its last one was applied. */
  private void dropHead(KeyTable.Entry entry, E applied) throws IOException {
    byte[] block = heads.block(entry);
    var bytes = KeyBlocks.find(block, entry);
    if (bytes != null && isAfter(applied, form.readHead(bytes))) {
      heads.put(block, entry, null);
    }
  }
}
