package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import dhara.transforms.load.WorkerLoad;
import java.io.IOException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * Merges the blocks of a shard of a stream per window, and fires. A backfill uses {@link
 * BackfillAnswers} instead.
 *
 * <p>Data: {@code KV<shard, block>} in windows that do not merge → the output of a {@link
 * ShardFiring} for their sums. Time: at the window's end, at the next watermark advance after a
 * late block, and, on request, early, unless the {@link WorkerLoad} is too high. The output has the
 * window's maximum timestamp. State: per shard and window the blocks received and the sums emitted,
 * until the window's end plus the lateness; blocks take at most twice the space of their sums.
 * Late: blocks within the lateness revise their keys, all that come between two watermark advances
 * together; the engine drops later ones.
 */
final class MergeShards<AccT, T>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<T>> {

  private static final long serialVersionUID = 1L;

  /** Below this size, merging blocks early is not worth the work. */
  static final int COMPACT_BYTES = 512 << 10;

  private final Aggregation<?, ?, AccT, ?> aggregation;
  private final ShardFiring<AccT, T> firing;
  private final Firings firings;
  private final int compactBytes;

  MergeShards(
      Aggregation<?, ?, AccT, ?> aggregation,
      ShardFiring<AccT, T> firing,
      Firings firings,
      int compactBytes) {
    this.aggregation = aggregation;
    this.firing = firing;
    this.firings = firings;
    this.compactBytes = compactBytes;
  }

  @Override
  public PCollection<T> expand(PCollection<KV<Integer, byte[]>> blocks) {
    return blocks.apply(
        "Merge", ParDo.of(new FireFn<>(aggregation, firing, firings, compactBytes)));
  }

  static final class FireFn<AccT, T> extends DoFn<KV<Integer, byte[]>, T> {

    private static final long serialVersionUID = 1L;

    private final ShardSums<AccT> sums;
    private final ShardFiring<AccT, T> firing;
    private final Firings firings;
    private transient @Nullable WorkerLoad load;

    @StateId("fresh")
    private final StateSpec<BagState<byte[]>> freshSpec;

    @StateId("given")
    private final StateSpec<BagState<byte[]>> givenSpec;

    @StateId("stage")
    private final StateSpec<ValueState<ShardSums.Stage>> stageSpec =
        StateSpecs.value(RecordCoder.of(ShardSums.Stage.class));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("late")
    private final TimerSpec lateSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    FireFn(
        Aggregation<?, ?, AccT, ?> aggregation,
        ShardFiring<AccT, T> firing,
        Firings firings,
        int compactBytes) {
      this.sums = new ShardSums<>(aggregation, firing.first(), compactBytes);
      this.firing = firing;
      this.firings = firings;
      this.freshSpec = StateSpecs.bag(aggregation.blocks());
      this.givenSpec = StateSpecs.bag(aggregation.blocks());
    }

    @Setup
    public void setUp(PipelineOptions options) {
      load = WorkerLoad.here(options);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<ShardSums.Stage> stage,
        @TimerId("end") Timer end,
        @TimerId("late") Timer late,
        @TimerId("early") Timer early)
        throws IOException {
      ShardSums.Stage now = stage.read();
      if (now == null) {
        now = ShardSums.Stage.NEW;
        end.set(window.maxTimestamp());
      }
      now = sums.add(block.getValue(), now, fresh, given);
      if (now.ended() && !now.armed()) {
        // A time in the past: the timer fires at the next watermark advance, for all blocks until
        // then.
        late.set(window.maxTimestamp());
        now = now.armed(true);
      } else if (firings.earlyMillis() > 0 && !now.armed()) {
        early.offset(Duration.millis(firings.firstEarlyMillis(block.getKey()))).setRelative();
        now = now.armed(true);
      }
      stage.write(now);
    }

    @OnTimer("early")
    public void early(
        @Key Integer shard,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<ShardSums.Stage> stage,
        @TimerId("early") Timer early,
        OutputReceiver<T> out)
        throws IOException {
      ShardSums.Stage now = stage.read();
      if (now == null || now.ended() || !now.armed()) {
        return; // the window's end came first
      }
      if (now.freshBytes() == 0) {
        stage.write(now.armed(false));
        return;
      }
      // Set here, not at the next block, so that a shard keeps its turn.
      early.offset(Duration.millis(firings.earlyMillis())).setRelative();
      if (load != null && load.skipsEarly()) {
        // Not given, rather than dropped where it is written: the next firing answers only for keys
        // that change until then.
        return;
      }
      give(shard, window, sums.fire(now, fresh, given), stage, out);
    }

    @OnTimer("end")
    public void end(
        @Key Integer shard,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<ShardSums.Stage> stage,
        @TimerId("early") Timer early,
        OutputReceiver<T> out)
        throws IOException {
      ShardSums.Stage now = stage.read();
      if (now == null || now.ended()) {
        throw new IllegalStateException("shard " + shard + " ends twice in " + window);
      }
      if (now.armed()) {
        early.clear();
      }
      boolean awaited = firings.latenessMillis() > 0;
      give(shard, window, sums.end(now, awaited, fresh, given), stage, out);
    }

    @OnTimer("late")
    public void late(
        @Key Integer shard,
        BoundedWindow window,
        @StateId("fresh") BagState<byte[]> fresh,
        @StateId("given") BagState<byte[]> given,
        @StateId("stage") ValueState<ShardSums.Stage> stage,
        OutputReceiver<T> out)
        throws IOException {
      ShardSums.Stage now = stage.read();
      if (now == null || !now.ended() || !now.armed()) {
        throw new IllegalStateException("nothing is late in shard " + shard + " of " + window);
      }
      give(shard, window, sums.fire(now.armed(false), fresh, given), stage, out);
    }

    private void give(
        Integer shard,
        BoundedWindow window,
        ShardSums.News<AccT> news,
        ValueState<ShardSums.Stage> stage,
        OutputReceiver<T> out)
        throws IOException {
      stage.write(news.stage());
      firing.fire(shard, (IntervalWindow) window, news.sums(), out);
    }
  }
}
