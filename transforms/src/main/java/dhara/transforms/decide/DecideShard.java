package dhara.transforms.decide;

import dhara.events.Event;
import dhara.records.RecordInput;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.order.Fold;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.WaitingBlocks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A shard of a stream while it is worked on. */
final class DecideShard<K, E extends Event, O> {

  private static final Counter DROPPED =
      Metrics.counter(DecideInOrder.class, "droppedDueToLateness");

  /** Takes an answer, with its time. */
  @FunctionalInterface
  interface DecisionTaker<K, O> {
    void take(Answer<K, O> decision, Instant at);
  }

  /**
   * An event that waits.
   *
   * @param given the decision at its arrival; null if there was none
   */
  private record Waiting<K, E extends Event, O>(
      String key, Undecided<K, E> asked, @Nullable O given) {

    /** Revisions of one event are together, and the last is the one that counts. */
    private static final Comparator<Waiting<?, ?, ?>> ORDER =
        Comparator.comparing((Waiting<?, ?, ?> of) -> (Event) of.asked, Fold.ORDER)
            .thenComparing(of -> of.key)
            .thenComparing(of -> of.asked.answer().revision());

    private E event() {
      return asked.answer().value();
    }

    private boolean isSameAs(Waiting<K, E, O> other) {
      return asked.at().equals(other.asked.at())
          && asked.id().equals(other.asked.id())
          && key.equals(other.key);
    }
  }

  private final Deciding<K, E, O> deciding;
  private final BagState<byte[]> waiting;
  private final MapState<String, Account> accounts;
  private final Desk<E, O> desk;
  private final DecisionTaker<K, O> out;
  private final Coder<Undecided<K, E>> asks;
  private Turn turn;

  /**
   * A shard.
   *
   * @param waiting blocks of events
   * @param accounts by name
   * @param known what is in memory of the shard, if it is known
   */
  DecideShard(
      Deciding<K, E, O> deciding,
      BagState<byte[]> waiting,
      MapState<String, Account> accounts,
      Turn turn,
      @Nullable Desk<E, O> known,
      DecisionTaker<K, O> out)
      throws IOException {
    this.deciding = deciding;
    this.waiting = waiting;
    this.accounts = accounts;
    this.turn = turn;
    this.out = out;
    this.asks = deciding.undecided();
    this.desk = known != null && known.token() == turn.token() ? known : desk();
  }

  /** What is pending, from the events that wait with a decision. */
  private Desk<E, O> desk() throws IOException {
    Desk<E, O> made = new Desk<>(deciding.decider(), turn.token());
    if (deciding.provisional()) {
      for (byte[] block : waiting.read()) {
        for (BlockReader entry = new BlockReader(block); entry.next(); ) {
          Waiting<K, E, O> of = read(entry);
          if (of.given != null) {
            made.given(of.key, of.event(), of.given, 1);
          }
        }
      }
    }
    return made;
  }

  Turn turn() {
    return turn;
  }

  Desk<E, O> memory() {
    return desk;
  }

  /**
   * The state changes from what any memory was made of, before the memory changes: if the bundle
   * fails, the state keeps its old token, and the memory is made again.
   */
  private void change() {
    long token = ThreadLocalRandom.current().nextLong();
    turn = turn.with(token);
    desk.is(token);
  }

  private @Nullable Account stored(String name) {
    return accounts.get(name).read();
  }

  private Waiting<K, E, O> read(BlockReader entry) throws IOException {
    RecordInput key = new RecordInput(entry.block(), entry.keyOffset(), entry.sumOffset());
    String of = RecordInput.readText(key);
    RecordInput in = entry.sumBytes();
    Undecided<K, E> asked = asks.decode(in);
    return new Waiting<>(of, asked, in.available() == 0 ? null : deciding.decisions().decode(in));
  }

  /** Decides about events that have just arrived; they wait with their decisions. */
  void arrive(byte[] block) throws IOException {
    change();
    Accounts settled = desk.accounts(this::stored);
    BlockWriter decided = new BlockWriter();
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      if (entry.revision() < turn.settled()) {
        DROPPED.inc();
        continue;
      }
      Waiting<K, E, O> of = read(entry);
      // A later revision only waits: its decision would not be the one that was acted on.
      boolean first = of.asked.answer().revision() == 0;
      O given = first ? desk.arrive(of.key, of.event(), settled) : null;
      int from = entry.sumOffset();
      int length = entry.sumLength();
      decided.add(
          block,
          entry.keyOffset(),
          entry.keyLength(),
          entry.revision(),
          body -> {
            body.write(block, from, length);
            if (given != null) {
              deciding.decisions().encode(given, body);
            }
          });
      turn = turn.waiting(Math.min(turn.earliest(), entry.revision()));
      if (given != null) {
        // A stream that failed may have given another one, so it is not known to be the first.
        out.take(of.asked.decided(0, false, given), of.asked.at());
      }
    }
    if (decided.size() > 0) {
      waiting.add(decided.toBytes());
    }
  }

  /** Settles the decisions about all events before a moment, in epoch milliseconds. */
  void settle(long until) throws IOException {
    change();
    List<Waiting<K, E, O>> due = new ArrayList<>();
    long settledBefore = turn.settled();
    WaitingBlocks parted =
        WaitingBlocks.part(
            waiting.read(),
            until,
            entry -> {
              if (entry.revision() < settledBefore) {
                DROPPED.inc();
              } else {
                due.add(read(entry));
              }
            });
    waiting.clear();
    parted.left().forEach(waiting::add);
    turn = turn.settledUntil(until).waiting(parted.earliest());
    due.sort(Waiting.ORDER);
    Accounts settled = desk.accounts(this::stored);
    for (int from = 0; from < due.size(); ) {
      int to = from + 1;
      while (to < due.size() && due.get(to).isSameAs(due.get(from))) {
        to++;
      }
      settle(due.subList(from, to), settled);
      from = to;
    }
    boolean[] stored = {false};
    settled.changed(
        (name, account) -> {
          accounts.put(name, account);
          stored[0] = true;
        });
    if (stored[0] && turn.sweep() == Turn.NEVER && until != Turn.NEVER) {
      turn = turn.sweeping(plus(until, keep()));
    }
  }

  /** Settles the decision about an event, given its revisions. */
  private void settle(List<Waiting<K, E, O>> revisions, Accounts settled) {
    Waiting<K, E, O> last = revisions.get(revisions.size() - 1);
    O given = null;
    for (Waiting<K, E, O> of : revisions) {
      if (of.given != null) {
        desk.given(of.key, of.event(), of.given, -1);
        given = of.given;
      }
    }
    O decision = settled.decide(deciding.decider(), last.key, last.event());
    if (given == null) {
      boolean first = !deciding.provisional() && last.asked.answer().first();
      out.take(last.asked.decided(0, first, decision), last.asked.at());
    } else if (!same(given, decision)) {
      out.take(last.asked.decided(1, false, decision), last.asked.at());
    }
  }

  private boolean same(O one, O other) {
    Coder<O> coder = deciding.decisions();
    return coder.structuralValue(one).equals(coder.structuralValue(other));
  }

  /**
   * Drops the accounts that no event can use any more.
   *
   * @param until events before this time have arrived
   */
  void sweep(long until) {
    if (until == Turn.NEVER) { // the end of the input, after which nothing is needed
      turn = turn.sweeping(Turn.NEVER);
      return;
    }
    Instant moment = Instant.ofEpochMilli(Math.min(until, turn.earliest()));
    Duration keep = deciding.decider().keep();
    long earliest = Turn.NEVER;
    List<String> gone = new ArrayList<>();
    for (var of : accounts.entries().read()) {
      Instant last = of.getValue().last();
      if (Accounts.expired(last, keep, moment)) {
        gone.add(of.getKey());
      } else {
        earliest = Math.min(earliest, last.toEpochMilli());
      }
    }
    gone.forEach(accounts::remove); // in memory they may stay, where they are empty too
    // Accounts that expire one after the other are not swept one by one.
    turn =
        turn.sweeping(
            earliest == Turn.NEVER
                ? Turn.NEVER
                : Math.max(plus(earliest, keep()), plus(until, keep() / 8)));
  }

  private long keep() {
    return deciding.decider().keep().toMillis() + 1;
  }

  private static long plus(long at, long millis) {
    return at > Turn.NEVER - millis ? Turn.NEVER - 1 : at + millis;
  }
}
