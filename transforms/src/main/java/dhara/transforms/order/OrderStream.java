package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordCoder;
import dhara.transforms.shards.EarlierOutputFn;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * The folds of a stream: events wait in the blocks of their shard until they are due.
 *
 * <p>Data: blocks of events → the outputs of the fold. Time: that of the event or wake-up, which
 * holds the watermark until then. State: see {@link OrderShard}. Late: an event before the time
 * until which its shard is settled is dropped.
 */
final class OrderStream<E extends Event, K, S, O, OUT>
    extends EarlierOutputFn<KV<Integer, byte[]>, OUT> {

  private static final long serialVersionUID = 1L;

  /** Enough shards to spread the keys evenly over many workers. */
  static final int SHARDS = 256;

  private final Folding<E, K, S, O, OUT> folding;
  private final boolean provisional;
  private final long latenessMillis;
  private final long gridMillis;
  private final long earlierMillis;
  private transient Steps<E, S, O> steps;

  @StateId("waiting")
  private final StateSpec<BagState<byte[]>> waitingSpec;

  @StateId("wakes")
  private final StateSpec<BagState<byte[]>> wakesSpec;

  @StateId("keys")
  private final StateSpec<MapState<Integer, byte[]>> keysSpec;

  @StateId("heads")
  private final StateSpec<MapState<Integer, byte[]>> headsSpec;

  @StateId("clock")
  private final StateSpec<ValueState<Clock>> clockSpec =
      StateSpecs.value(RecordCoder.of(Clock.class));

  @TimerId("due")
  private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  @TimerId("sweep")
  private final TimerSpec sweepSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

  OrderStream(Folding<E, K, S, O, OUT> folding, Duration grid, boolean provisional) {
    this.folding = folding;
    this.provisional = provisional;
    this.latenessMillis = folding.lateness().toMillis();
    this.gridMillis = grid.toMillis();
    this.earlierMillis = folding.fold().earlierBy().toMillis();
    this.waitingSpec = StateSpecs.bag(folding.blocks());
    this.wakesSpec = StateSpecs.bag(folding.blocks());
    this.keysSpec = StateSpecs.map(BigEndianIntegerCoder.of(), folding.held());
    this.headsSpec = StateSpecs.map(BigEndianIntegerCoder.of(), folding.held());
  }

  @Setup
  public void setUp() {
    steps = folding.steps();
  }

  @ProcessElement
  public void process(
      @Element KV<Integer, byte[]> block,
      @Timestamp Instant first,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("wakes") BagState<byte[]> wakes,
      @StateId("keys") MapState<Integer, byte[]> keys,
      @StateId("heads") MapState<Integer, byte[]> heads,
      @StateId("clock") ValueState<Clock> clock,
      @TimerId("due") Timer due,
      ProcessContext context)
      throws IOException {
    Clock now = read(clock);
    Clock next;
    if (provisional) {
      var cells = new OrderShard.Cells(waiting, wakes, keys, heads);
      OrderShard<E, K, S, O, OUT> shard = shard(cells, now, context);
      shard.arrive(block.getValue());
      next = shard.clock();
    } else {
      waiting.add(block.getValue());
      next = now.with(first.getMillis());
    }
    if (!next.equals(now)) {
      clock.write(next);
      set(due, next, block.getKey());
    }
  }

  @OnTimer("due")
  public void due(
      OnTimerContext context,
      @Key Integer number,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("wakes") BagState<byte[]> wakes,
      @StateId("keys") MapState<Integer, byte[]> keys,
      @StateId("heads") MapState<Integer, byte[]> heads,
      @StateId("clock") ValueState<Clock> clock,
      @TimerId("due") Timer due,
      @TimerId("sweep") Timer sweep)
      throws IOException {
    Clock now = read(clock);
    var cells = new OrderShard.Cells(waiting, wakes, keys, heads);
    OrderShard<E, K, S, O, OUT> shard = shard(cells, now, context);
    shard.settle(Math.max(now.settled(), complete(context, due)));
    Clock next = shard.clock();
    clock.write(next);
    if (next.due() != Clock.NEVER) {
      set(due, next, number);
    }
    if (next.sweep() != now.sweep()) {
      sweep.withNoOutputTimestamp().set(Instant.ofEpochMilli(next.sweep()));
    }
  }

  @OnTimer("sweep")
  public void sweep(
      OnTimerContext context,
      @StateId("waiting") BagState<byte[]> waiting,
      @StateId("wakes") BagState<byte[]> wakes,
      @StateId("keys") MapState<Integer, byte[]> keys,
      @StateId("heads") MapState<Integer, byte[]> heads,
      @StateId("clock") ValueState<Clock> clock,
      @TimerId("sweep") Timer sweep)
      throws IOException {
    Clock now = clock.read();
    if (now == null) {
      return; // at the end of its input an engine may have dropped the state
    }
    var cells = new OrderShard.Cells(waiting, wakes, keys, heads);
    OrderShard<E, K, S, O, OUT> shard = shard(cells, now, context);
    shard.sweep(complete(context, sweep));
    Clock next = shard.clock();
    clock.write(next);
    if (next.sweep() != Clock.NEVER) {
      sweep.withNoOutputTimestamp().set(Instant.ofEpochMilli(next.sweep()));
    }
  }

  private OrderShard<E, K, S, O, OUT> shard(
      OrderShard.Cells cells, Clock now, WindowedContext context) {
    return new OrderShard<>(
        folding,
        steps,
        cells,
        now,
        (output, at) -> output(context, output, OrderShards.millis(at)));
  }

  private static Clock read(ValueState<Clock> clock) {
    return Objects.requireNonNullElse(clock.read(), Clock.NEW);
  }

  /**
   * All events before this time have arrived. The watermark may be far past the timer, and going on
   * timer by timer would read the waiting events each time. An engine that does not report the
   * watermark reports the time of the timer instead.
   */
  private long complete(OnTimerContext context, Timer timer) {
    long watermark =
        Math.max(context.fireTimestamp().getMillis(), timer.getCurrentRelativeTime().getMillis());
    return watermark >= Clock.END ? Clock.NEVER : watermark - latenessMillis;
  }

  /**
   * Holds the watermark before the outputs of what is due next. The time is rounded up, so that a
   * shard works now and then and not for each event. Each shard has its own moments, so that they
   * do not all work at the same one, while new events wait.
   */
  private void set(Timer due, Clock now, int shard) {
    long first = Math.min(now.due(), Clock.END);
    long at = Clock.plus(first, latenessMillis + 1);
    long own = gridMillis * shard / SHARDS;
    long up = -Math.floorDiv(own - at, gridMillis) * gridMillis + own;
    due.withOutputTimestamp(Instant.ofEpochMilli(Math.max(first - earlierMillis, Clock.BEGIN)))
        .set(Instant.ofEpochMilli(Math.min(up, Clock.END)));
  }
}
