package dhara.transforms;

import dhara.records.RecordCoder;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.joda.time.Duration;

/**
 * Merges the slices of a shard into the sliding windows that they are in, and answers. An event is
 * added up once, in its slice; windows share the sums of their slices.
 *
 * <p>Data: {@code KV<shard, block>}, each block the changed sums of the slice whose last moment is
 * its time → answers, in their windows. Time: as {@link MergeShards}. State: per shard the sums of
 * each slice, until the last of its windows has ended and the lateness is over. Late: a block of a
 * slice revises its keys in the windows that have answered and are not yet closed, as far as this
 * shard knows: by the windows that it has answered.
 */
final class Slide<K, InT, AccT, OutT>
    extends PTransform<PCollection<KV<Integer, byte[]>>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  private final Aggregation<K, InT, AccT, OutT> aggregation;
  private final Windows windows;
  private final int compactBytes;

  Slide(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows, int compactBytes) {
    this.aggregation = aggregation;
    this.windows = windows;
    this.compactBytes = compactBytes;
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
    if (slices.isBounded() == IsBounded.BOUNDED) {
      return slices
          .apply("Windows", windows.into())
          .apply(
              new MergeShards<>(
                  aggregation,
                  new ShardFiring.Answering<>(aggregation),
                  Firings.of(windows),
                  compactBytes))
          .setCoder(aggregation.answers());
    }
    return slices
        .apply(
            "Global",
            Window.<KV<Integer, byte[]>>into(new GlobalWindows())
                .triggering(DefaultTrigger.of())
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply("Slide", ParDo.of(new SlideFn<>(aggregation, windows)))
        .setCoder(aggregation.answers())
        .apply("InWindows", windows.into(new AnswerWindows()));
  }

  /**
   * Where a shard stands.
   *
   * @param answered end of the last window that has answered
   * @param next end of the next one that will
   */
  private record Clock(long answered, long next) {

    static final long NONE = Long.MAX_VALUE;
    static final Clock NEW = new Clock(Long.MIN_VALUE, NONE);
  }

  private static final class SlideFn<K, InT, AccT, OutT>
      extends DoFn<KV<Integer, byte[]>, Answer<K, OutT>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, OutT> aggregation;
    private final long width;
    private final long every;
    private final long slice;
    private final long lateness;
    private final boolean early;
    private final Counter dropped = Metrics.counter(Slide.class, "droppedDueToLateness");

    /** By their start. */
    @StateId("slices")
    private final StateSpec<MapState<Long, byte[]>> slicesSpec;

    @StateId("clock")
    private final StateSpec<ValueState<Clock>> clockSpec =
        StateSpecs.value(RecordCoder.of(Clock.class));

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("forget")
    private final TimerSpec forgetSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    SlideFn(Aggregation<K, InT, AccT, OutT> aggregation, Windows windows) {
      this.aggregation = aggregation;
      this.width = windows.width().toMillis();
      this.every = windows.every().toMillis();
      this.slice = windows.slice().toMillis();
      this.lateness = windows.lateness().toMillis();
      this.early = !windows.early().isZero();
      this.slicesSpec = StateSpecs.map(VarLongCoder.of(), aggregation.blocks());
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, byte[]> block,
        @Timestamp org.joda.time.Instant last,
        @StateId("slices") MapState<Long, byte[]> slices,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("forget") Timer forget,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      long start = last.getMillis() + 1 - slice;
      Clock read = clock.read();
      Clock now = read == null ? Clock.NEW : read;
      if (closed(lastEnd(start), now.answered)) {
        dropped.inc();
        return;
      }
      byte[] before = slices.get(start).read();
      slices.put(
          start,
          before == null
              ? block.getValue()
              : aggregation.table().replace(List.of(before, block.getValue())).toBlock());
      for (long of = firstEnd(start); of <= lastEnd(start); of += every) {
        if (of <= now.answered ? !closed(of, now.answered) : early) {
          SumTable<AccT> changed = aggregation.table().add(block.getValue());
          answer(changed.addKnown(within(of, slices, start)), of, out);
        }
      }
      long next = nextEnd(start, now.answered);
      if (next < now.next) {
        end.set(org.joda.time.Instant.ofEpochMilli(next - 1));
        clock.write(new Clock(now.answered, next));
      } else if (now.next == Clock.NONE) {
        forgetAt(lastEnd(start) + lateness, forget);
      }
    }

    @OnTimer("end")
    public void end(
        OnTimerContext context,
        @StateId("slices") MapState<Long, byte[]> slices,
        @StateId("clock") ValueState<Clock> clock,
        @TimerId("end") Timer end,
        @TimerId("forget") Timer forget,
        OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      long ended = clock.read().next();
      if (ended - 1 > context.fireTimestamp().getMillis()) {
        return; // an engine had fired this timer already when it was set anew
      }
      if (!early) {
        answer(aggregation.table().add(within(ended, slices, Clock.NONE)), ended, out);
      }
      long next = Clock.NONE;
      long closes = Clock.NONE;
      for (long start : starts(slices)) {
        next = Math.min(next, nextEnd(start, ended));
        if (closed(lastEnd(start), ended)) {
          slices.remove(start);
        } else {
          closes = Math.min(closes, lastEnd(start) + lateness);
        }
      }
      clock.write(new Clock(ended, next));
      if (next != Clock.NONE) {
        end.set(org.joda.time.Instant.ofEpochMilli(next - 1));
      } else if (closes != Clock.NONE) {
        forgetAt(closes, forget);
      }
    }

    /** Where no window is to answer any more, late blocks are awaited still. */
    @OnTimer("forget")
    public void forget(
        OnTimerContext context,
        @StateId("slices") MapState<Long, byte[]> slices,
        @TimerId("forget") Timer forget) {
      long closes = Clock.NONE;
      for (long start : starts(slices)) {
        long close = lastEnd(start) + lateness;
        if (close <= context.fireTimestamp().getMillis()) {
          slices.remove(start);
        } else {
          closes = Math.min(closes, close);
        }
      }
      if (closes != Clock.NONE) {
        forgetAt(closes, forget);
      }
    }

    private static void forgetAt(long millis, Timer forget) {
      forget.withNoOutputTimestamp().set(org.joda.time.Instant.ofEpochMilli(millis));
    }

    private void answer(SumTable<AccT> sums, long end, OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      Instant from = Instant.ofEpochMilli(end - width);
      Instant until = Instant.ofEpochMilli(end);
      org.joda.time.Instant at = org.joda.time.Instant.ofEpochMilli(end - 1);
      sums.forEach(
          aggregation.keys(),
          (key, revision, sum) -> {
            OutT value = aggregation.fn().extractOutput(sum);
            if (value != null || revision > 0) {
              out.outputWithTimestamp(new Answer<>(key, from, until, revision, value), at);
            }
          });
    }

    /** The slices of a window but one. */
    private List<byte[]> within(long end, MapState<Long, byte[]> slices, long but) {
      List<byte[]> within = new ArrayList<>();
      for (long start = end - width; start < end; start += slice) {
        byte[] block = start == but ? null : slices.get(start).read();
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

    /** The end of the first window that a slice is in. */
    private long firstEnd(long start) {
      return Math.floorDiv(start - width, every) * every + every + width;
    }

    /** The end of the last window that a slice is in. */
    private long lastEnd(long start) {
      return Math.floorDiv(start, every) * every + width;
    }

    /** The end of the first window behind {@code answered} that a slice is in. */
    private long nextEnd(long start, long answered) {
      long first = firstEnd(start);
      if (first > answered) {
        return first;
      }
      long next = first + Math.floorDiv(answered - first, every) * every + every;
      return next <= lastEnd(start) ? next : Clock.NONE;
    }

    private boolean closed(long end, long answered) {
      return answered != Long.MIN_VALUE && end + lateness <= answered;
    }
  }
}
