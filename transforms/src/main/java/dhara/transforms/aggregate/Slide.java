package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import dhara.transforms.load.WorkerLoad;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.SlideGrid;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;

/**
 * Merges the slices of a shard into the sliding windows that they are in, and answers. An event is
 * added up once, in its slice; windows share the sums of their slices.
 *
 * <p>Data: {@code KV<shard, block>}, each block the changed sums of the slice whose last moment is
 * its time → answers, in their windows. Time: as {@link MergeShards}; early answers are for all
 * blocks of a moment together. State: per shard the sums of each slice, until the last of its
 * windows has ended and the lateness is over, and the blocks that came since slices were answered
 * about. Late: blocks of a slice revise their keys in the windows that have answered and are not
 * yet closed, as far as this shard knows: by the windows that it has answered.
 */
final class Slide<K, InT, AccT, OutT>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  private final Aggregation<K, InT, AccT, OutT> aggregation;
  private final Windows windows;

  Slide(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows) {
    this.aggregation = aggregation;
    this.windows = windows;
  }

  /**
   * Slices as they are handed over: blocks.
   *
   * @param revised whether windows answer more than once: early, or late
   */
  record Slices<AccT>(boolean revised) implements ShardFiring<AccT, KV<Integer, byte[]>> {

    /**
     * An answer's revision is the sum of its slices', and grows with each of their firings: with
     * the first too, which may come late, to a slice that had nothing when its window answered.
     */
    @Override
    public long first() {
      return revised ? 1 : 0;
    }

    @Override
    public void fire(
        int shard,
        IntervalWindow slice,
        SumTable<AccT> sums,
        OutputReceiver<KV<Integer, byte[]>> out)
        throws IOException {
      if (sums.size() > 0) {
        out.output(KV.of(shard, sums.toBlock()));
      }
    }
  }

  @Override
  public PCollection<Answer<K, OutT>> expand(PCollection<KV<Integer, byte[]>> slices) {
    return slices
        .apply("Global", InGlobalWindow.into())
        .apply("Slide", ParDo.of(new SlideFn<>(aggregation, windows)))
        .setCoder(aggregation.answers())
        .apply("InWindows", windows.into(new AnswerWindows()));
  }

  /**
   * Where a shard stands.
   *
   * @param answered end of the last window that has answered
   * @param next end of the next one that will
   * @param armed whether early answers are to come
   */
  private record Clock(long answered, long next, boolean armed) {

    static final Clock NEW = new Clock(Long.MIN_VALUE, SlideGrid.NONE, false);

    Clock withNext(long newNext) {
      return new Clock(answered, newNext, armed);
    }

    Clock armed(boolean nowArmed) {
      return new Clock(answered, next, nowArmed);
    }
  }

  /**
   * Blocks that came together can be of windows which ended before the one whose block set the
   * timer. Their answers are no later for that than if each had answered when it came.
   */
  static final class SlideFn<K, InT, AccT, OutT>
      extends EarlierOutputFn<KV<Integer, byte[]>, Answer<K, OutT>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, OutT> aggregation;
    private final SlideGrid grid;
    private final SlidingSums<AccT> sums;
    private final long earlyMillis;
    private transient @Nullable WorkerLoad load;
    private final Counter dropped = Metrics.counter(Slide.class, "droppedDueToLateness");

    /** By their start. */
    @StateId("slices")
    private final StateSpec<MapState<Long, byte[]>> slicesSpec;

    /** Blocks that are not in their slices yet, with the start of these. */
    @StateId("came")
    private final StateSpec<BagState<KV<Long, byte[]>>> cameSpec;

    @StateId("clock")
    private final StateSpec<ValueState<Clock>> clockSpec =
        StateSpecs.value(RecordCoder.of(Clock.class));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("late")
    private final TimerSpec lateSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("early")
    private final TimerSpec earlySpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    SlideFn(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows) {
      this.aggregation = aggregation;
      this.grid = SlideGrid.of(windows);
      this.sums = new SlidingSums<>(aggregation, grid);
      this.earlyMillis = windows.earlyOfWindows().toMillis();
      this.slicesSpec = StateSpecs.map(VarLongCoder.of(), aggregation.blocks());
      this.cameSpec = StateSpecs.bag(KvCoder.of(VarLongCoder.of(), aggregation.blocks()));
    }

    @Setup
    public void setUp(PipelineOptions options) {
      load = WorkerLoad.here(options);
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        @Timestamp org.joda.time.Instant last,
        @StateId("came") BagState<KV<Long, byte[]>> came,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("late") Timer late,
        @TimerId("early") Timer early,
        @TimerId("forget") Timer forget) {
      long start = last.getMillis() + 1 - grid.slice();
      Clock read = clock.read();
      Clock now = read == null ? Clock.NEW : read;
      if (grid.closed(grid.lastEnd(start), now.answered)) {
        dropped.inc();
        return;
      }
      came.add(KV.of(start, block.getValue()));
      if (grid.firstEnd(start) <= now.answered) {
        // A time that has passed: it fires with the watermark's next step, for all that came.
        late.set(last);
      }
      Clock then = now;
      long next = grid.nextEnd(start, now.answered);
      if (next < now.next) {
        end.set(org.joda.time.Instant.ofEpochMilli(next - 1));
        then = then.withNext(next);
      } else if (now.next == SlideGrid.NONE) {
        forgetAt(grid.lastEnd(start) + grid.lateness(), forget);
      }
      if (grid.early() && next != SlideGrid.NONE && !now.armed) {
        early.offset(Duration.millis(earlyMillis)).setRelative();
        then = then.armed(true);
      }
      if (!then.equals(read)) {
        clock.write(then);
      }
    }

    @OnTimer("early")
    public void early(
        @StateId("came") BagState<KV<Long, byte[]>> came,
        @StateId("slices") MapState<Long, byte[]> slices,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("early") Timer early,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      if (load != null && load.skipsEarly()) {
        // It holds no time, or what follows would be given nothing for as long as the load lasts.
        early.withNoOutputTimestamp().offset(Duration.millis(earlyMillis)).setRelative();
        return;
      }
      Clock now = clock.read();
      clock.write(now.armed(false));
      fold(now, came, slices, out);
    }

    @OnTimer("late")
    public void late(
        @StateId("came") BagState<KV<Long, byte[]>> came,
        @StateId("slices") MapState<Long, byte[]> slices,
        @StateId("clock") ValueState<Clock> clock,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      fold(clock.read(), came, slices, out);
    }

    @OnTimer("end")
    public void end(
        OnTimerContext context,
        @StateId("came") BagState<KV<Long, byte[]>> came,
        @StateId("slices") MapState<Long, byte[]> slices,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("forget") Timer forget,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Clock now = clock.read();
      long ended = now.next;
      if (ended - 1 > context.fireTimestamp().getMillis()) {
        return; // an engine had fired this timer already when it was set anew
      }
      fold(now, came, slices, out);
      if (!grid.early()) {
        SumTable<AccT> whole = aggregation.table().add(within(ended, slices));
        whole.forEach((key, revision, sum) -> give(key, ended, revision, true, sum, out));
      }
      long next = SlideGrid.NONE;
      long closes = SlideGrid.NONE;
      for (long start : starts(slices)) {
        next = Math.min(next, grid.nextEnd(start, ended));
        if (grid.closed(grid.lastEnd(start), ended)) {
          slices.remove(start);
        } else {
          closes = Math.min(closes, grid.lastEnd(start) + grid.lateness());
        }
      }
      clock.write(new Clock(ended, next, now.armed));
      if (next != SlideGrid.NONE) {
        end.set(org.joda.time.Instant.ofEpochMilli(next - 1));
      } else if (closes != SlideGrid.NONE) {
        forgetAt(closes, forget);
      }
    }

    /** Where no window is to answer any more, late blocks are awaited still. */
    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @StateId("slices") MapState<Long, byte[]> slices,
        @TimerId("forget") Timer forget) {
      long closes = SlideGrid.NONE;
      for (long start : starts(slices)) {
        long close = grid.lastEnd(start) + grid.lateness();
        if (close <= context.fireTimestamp().getMillis()) {
          slices.remove(start);
        } else {
          closes = Math.min(closes, close);
        }
      }
      if (closes != SlideGrid.NONE) {
        forgetAt(closes, forget);
      }
    }

    private static void forgetAt(long millis, Timer forget) {
      forget.withNoOutputTimestamp().set(org.joda.time.Instant.ofEpochMilli(millis));
    }

    private void fold(
        Clock now,
        BagState<KV<Long, byte[]>> came,
        MapState<Long, byte[]> slices,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      sums.fold(
          now.answered,
          came,
          slices,
          (key, end, revision, sum) -> give(key, end, revision, false, sum, out));
    }

    private void give(
        KeyTable.Entry key,
        long end,
        long revision,
        boolean first,
        AccT sum,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      OutT value = aggregation.fn().extractOutput(sum);
      if (value != null || revision > 0) {
        out.outputWithTimestamp(
            new Answer<>(
                key.key(aggregation.keys()),
                Instant.ofEpochMilli(end - grid.width()),
                Instant.ofEpochMilli(end),
                revision,
                value != null && (first || revision == 0),
                value),
            org.joda.time.Instant.ofEpochMilli(end - 1));
      }
    }

    /** The slices of a window. */
    private List<byte[]> within(long end, MapState<Long, byte[]> slices) {
      List<byte[]> within = new ArrayList<>();
      for (long start = end - grid.width(); start < end; start += grid.slice()) {
        byte[] block = slices.get(start).read();
        if (block != null) {
          within.add(block);
        }
      }
      return within;
    }

    /** A copy: to remove while iterating is not defined. */
    private static List<Long> starts(MapState<Long, byte[]> slices) {
      List<Long> starts = new ArrayList<>();
      slices.keys().read().forEach(starts::add);
      return starts;
    }
  }
}
