package dhara.transforms.decide;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.shards.EarlierOutputFn;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * The decisions of a stream.
 *
 * <p>Data: blocks of events → decisions. Time: that of the event, which holds the watermark until
 * its decision is settled. State: per shard a bag of the waiting events, and a map of the accounts.
 * Late: an event before the time until which its shard is settled is dropped.
 */
final class DecideStream<K, E extends Event, O>
    extends EarlierOutputFn<KV<Integer, byte[]>, Answer<K, O>> {

  private static final long serialVersionUID = 1L;

  /** Enough shards to spread the keys evenly over many workers. */
  static final int SHARDS = 256;

  private static final long BEGIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final Deciding<K, E, O> deciding;
  private final long latenessMillis;
  private final long gridMillis;
  private transient Map<Integer, Desk<E, O>> desks;

  @StateId("waiting")
  private final StateSpec<BagState<byte[]>> waitingSpec;

  @StateId("accounts")
  private final StateSpec<MapState<String, Account>> accountsSpec =
      StateSpecs.map(StringUtf8Coder.of(), RecordCoder.of(Account.class));

  @StateId("turn")
  private final StateSpec<ValueState<Turn>> turnSpec = StateSpecs.value(RecordCoder.of(Turn.class));

  @TimerId("due")
  private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("sweep")
  private final TimerSpec sweepSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  DecideStream(Deciding<K, E, O> deciding, Duration grid) {
    this.deciding = deciding;
    this.latenessMillis = deciding.lateness().toMillis();
    this.gridMillis = grid.toMillis();
    this.waitingSpec = StateSpecs.bag(deciding.waiting());
  }

  @Setup
  public void setUp() {
    desks = new HashMap<>();
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, byte[]> block,
      @Timestamp Instant first,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("accounts") MapState<String, Account> accounts,
      @StateId("turn") ValueState<Turn> turn,
      @TimerId("due") Timer due,
      ProcessContext context)
      throws IOException {
    Turn now = read(turn);
    Turn next;
    if (deciding.provisional()) {
      DecideShard<K, E, O> shard = shard(block.getKey(), waiting, accounts, now, context);
      shard.arrive(block.getValue());
      next = shard.turn();
    } else {
      waiting.add(block.getValue());
      next = now.waiting(Math.min(now.earliest(), first.getMillis()));
    }
    if (!next.equals(now)) {
      turn.write(next);
    }
    if (next.earliest() != now.earliest()) {
      set(due, next, block.getKey());
    }
  }

  @OnTimer("due")
  public void due(
      OnTimerContext context,
      @Key Integer number,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("accounts") MapState<String, Account> accounts,
      @StateId("turn") ValueState<Turn> turn,
      @TimerId("due") Timer due,
      @TimerId("sweep") Timer sweep)
      throws IOException {
    Turn now = read(turn);
    DecideShard<K, E, O> shard = shard(number, waiting, accounts, now, context);
    shard.settle(Math.max(now.settled(), complete(context, due)));
    Turn next = shard.turn();
    turn.write(next);
    if (next.earliest() != Turn.NEVER) {
      set(due, next, number);
    }
    if (next.sweep() != now.sweep()) {
      set(sweep, next);
    }
  }

  @OnTimer("sweep")
  public void sweep(
      OnTimerContext context,
      @Key Integer number,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("accounts") MapState<String, Account> accounts,
      @StateId("turn") ValueState<Turn> turn,
      @TimerId("sweep") Timer sweep)
      throws IOException {
    Turn now = turn.read();
    if (now == null) {
      return; // at the end of its input an engine may have dropped the state
    }
    DecideShard<K, E, O> shard = shard(number, waiting, accounts, now, context);
    shard.sweep(complete(context, sweep));
    Turn next = shard.turn();
    turn.write(next);
    if (next.sweep() != Turn.NEVER) {
      set(sweep, next);
    }
  }

  private DecideShard<K, E, O> shard(
      int number,
      BagState<byte[]> waiting,
      MapState<String, Account> accounts,
      Turn turn,
      WindowedContext context)
      throws IOException {
    DecideShard<K, E, O> shard =
        new DecideShard<>(
            deciding,
            waiting,
            accounts,
            turn,
            desks.get(number),
            (decision, at) ->
                output(context, decision, Instant.ofEpochMilli(Math.min(at.toEpochMilli(), END))));
    desks.put(number, shard.memory());
    return shard;
  }

  private static Turn read(ValueState<Turn> turn) {
    return Objects.requireNonNullElse(turn.read(), Turn.NEW);
  }

  /**
   * All events before this time have arrived. The watermark may be far past the timer; an engine
   * that does not report the watermark reports the time of the timer instead.
   */
  private long complete(OnTimerContext context, Timer timer) {
    long watermark =
        Math.max(context.fireTimestamp().getMillis(), timer.getCurrentRelativeTime().getMillis());
    return watermark >= END ? Turn.NEVER : watermark - latenessMillis;
  }

  /**
   * Holds the watermark before the earliest waiting event. The time is rounded up, so that a shard
   * works now and then and not for each event, and each shard has its own moments.
   */
  private void set(Timer due, Turn now, int shard) {
    long at = plus(now.earliest(), latenessMillis + 1);
    long own = gridMillis * shard / SHARDS;
    long up = -Math.floorDiv(own - at, gridMillis) * gridMillis + own;
    due.withOutputTimestamp(Instant.ofEpochMilli(Math.max(Math.min(now.earliest(), END), BEGIN)))
        .set(Instant.ofEpochMilli(Math.min(up, END)));
  }

  private void set(Timer sweep, Turn now) {
    sweep
        .withNoOutputTimestamp()
        .set(Instant.ofEpochMilli(Math.min(plus(now.sweep(), latenessMillis + 1), END)));
  }

  private static long plus(long at, long millis) {
    return at < 0 ? at + millis : Math.min(at, END - millis) + millis;
  }
}
