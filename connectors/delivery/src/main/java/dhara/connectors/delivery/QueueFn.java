package dhara.connectors.delivery;

import dhara.events.DeadLetter;
import dhara.metrics.MeteredStep;
import dhara.records.RecordCoder;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The queue of a stream, in its state. Rows are put into it, and a timer of the wall clock runs the
 * {@linkplain Round rounds}, so that no call waits for the system: a checkpoint finds the queue
 * with every row that is not known to be delivered. The timer is set as long as there are rows.
 */
final class QueueFn extends DoFn<KV<String, Parcel>, DeadLetter> {

  private static final long serialVersionUID = 1L;

  /** The time of all outputs: they have no place in event time, and must hold no watermark. */
  private static final Instant END = GlobalWindow.INSTANCE.maxTimestamp();

  /**
   * An engine that drains fires timers at once: so much too early, and a round would be in vain.
   */
  private static final long EARLY_MILLIS = 5;

  @StateId("rows")
  private final StateSpec<MapState<Long, Waiting>> rowsSpec =
      StateSpecs.map(VarLongCoder.of(), RecordCoder.of(Waiting.class));

  @StateId("queue")
  private final StateSpec<ValueState<RowQueue>> queueSpec =
      StateSpecs.value(RecordCoder.of(RowQueue.class));

  @TimerId("round")
  private final TimerSpec roundSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

  private final String id;
  private final DeliveryTerms terms;
  private final Carrier.Opening opening;
  private final DeliveryMetrics metrics = new DeliveryMetrics();
  private transient @Nullable Courier courier;
  private transient @Nullable Round rounds;

  QueueFn(String id, DeliveryTerms terms, Carrier.Opening opening) {
    this.id = id;
    this.terms = terms;
    this.opening = opening;
  }

  @Setup
  public void open(PipelineOptions options) {
    MeteredStep.meter(options);
    courier = Courier.join(id, terms, opening);
    rounds = new Round(terms, courier, metrics);
  }

  @ProcessElement
  public void process(
      @Element KV<String, Parcel> row,
      @StateId("rows") MapState<Long, Waiting> rows,
      @StateId("queue") ValueState<RowQueue> queue,
      @TimerId("round") Timer timer,
      OutputReceiver<DeadLetter> out) {
    RowQueue before = of(queue);
    if (before.size() >= terms.queue()) {
      out.outputWithTimestamp(rounds.crowdedOut(row.getValue()), END);
      return;
    }
    rows.put(before.tail(), Waiting.fresh(row.getValue()));
    long soon = System.currentTimeMillis() + Round.TICK_MILLIS;
    if (before.wakeMillis() <= soon) {
      queue.write(before.longer()); // set again and again, the timer would never fire
    } else {
      set(timer, Round.TICK_MILLIS);
      queue.write(before.longer().waking(soon));
    }
  }

  @OnTimer("round")
  public void round(
      @StateId("rows") MapState<Long, Waiting> rows,
      @StateId("queue") ValueState<RowQueue> queue,
      @TimerId("round") Timer timer,
      OutputReceiver<DeadLetter> out)
      throws InterruptedException {
    RowQueue before = of(queue);
    long early = before.wakeMillis() - System.currentTimeMillis();
    if (before.size() > 0 && early > EARLY_MILLIS) {
      TimeUnit.MILLISECONDS.sleep(Math.min(early, Round.TICK_MILLIS));
    }
    long now = System.currentTimeMillis();
    RowQueue rest =
        rounds.run(new Kept(rows), before, now, letter -> out.outputWithTimestamp(letter, END));
    if (rest.size() == 0) {
      queue.clear();
    } else {
      set(timer, rest.wakeMillis() - now);
      queue.write(rest);
    }
  }

  @Teardown
  public void close() {
    if (courier != null) {
      courier.leave();
      courier = null;
    }
  }

  private static RowQueue of(ValueState<RowQueue> queue) {
    RowQueue kept = queue.read();
    return kept == null ? RowQueue.EMPTY : kept;
  }

  private static void set(Timer timer, long millis) {
    timer.withOutputTimestamp(END).offset(Duration.millis(millis)).setRelative();
  }

  /** The rows in the state. */
  private record Kept(MapState<Long, Waiting> rows) implements Slots {

    @Override
    public @Nullable Waiting get(long position) {
      return rows.get(position).read();
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
