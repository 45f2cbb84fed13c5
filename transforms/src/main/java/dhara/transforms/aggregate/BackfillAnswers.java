package dhara.transforms.aggregate;

import dhara.transforms.backfill.GroupShards;
import dhara.transforms.backfill.MergedSums;
import dhara.transforms.backfill.PartedMerge;
import dhara.transforms.backfill.Room;
import dhara.transforms.backfill.SlidingTable;
import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.windows.SlideGrid;
import dhara.transforms.windows.Windows;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The answers of a backfill, in windows that do not merge.
 *
 * <p>Data: elements → answers, each once, in their windows, with the window's maximum timestamp.
 * Time: all at the end. State: none. Memory: the sums of one shard at a time, up to a share of the
 * heap; the rest goes to temporary files ({@link PartedMerge}). Late: nothing is late.
 *
 * <p><b>How.</b> An engine that groups by shard and window has a cost for each pair: four months of
 * minutes are 170,000 windows, most of which have only a few events. So the engine sees no windows.
 * The window is part of the key, and there is one grouping, by shard, in the global window; a shard
 * is a fraction of the windowed keys.
 *
 * <pre>
 *   values ─▶ sum per window and key in the bundle ─▶ a block per shard ═▶ merge ─▶ answers, put
 *                                                                             into their windows
 * </pre>
 *
 * <p>Sliding windows share slices here too. All slices of a window must be in the same shard, so
 * keys are combined with stretches of time, each of which contains the ends of many windows. A
 * slice whose windows end in two stretches goes to both.
 */
final class BackfillAnswers<E, K, InT, AccT, OutT>
    extends PTransform<PCollection<E>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  /**
   * A stretch is this many windows wide, so at most one slice in this many goes to two stretches.
   */
  private static final int WIDTHS = 16;

  /** Adds up values in a bundle. */
  private interface Summing<E> extends Serializable {
    DoFn<E, KV<Integer, byte[]>> by(int shards);
  }

  /** A table of a shard, which gives answers. */
  interface Tables<K, AccT, OutT> extends Serializable {
    PartedMerge.Table of(
        Aggregation<K, ?, AccT, OutT> aggregation, Room room, Giving<K, AccT, OutT> giving);
  }

  private final Aggregation<K, InT, AccT, OutT> aggregation;
  private final Summing<E> summing;
  private final Tables<K, AccT, OutT> tables;
  private final WindowingStrategy<?, ?> windowing;
  private final int shards;

  private BackfillAnswers(
      Aggregation<K, InT, AccT, OutT> aggregation,
      Summing<E> summing,
      Tables<K, AccT, OutT> tables,
      WindowingStrategy<?, ?> windowing,
      int shards) {
    this.aggregation = aggregation;
    this.summing = summing;
    this.tables = tables;
    this.windowing =
        windowing
            .withTrigger(DefaultTrigger.of())
            .withMode(AccumulationMode.ACCUMULATING_FIRED_PANES);
    this.shards = shards;
  }

  /** Answers in windows that are assigned by the elements' time. */
  static <E, K, InT, AccT, OutT> BackfillAnswers<E, K, InT, AccT, OutT> in(
      Windows windows,
      Aggregation<K, InT, AccT, OutT> aggregation,
      Keying<E, K, InT> keying,
      int shards) {
    boolean sliding = windows.slicesInWindow() > 1;
    BackfillBlocks.Placing<Long> placing = sliding ? sliding(windows) : tumbling(windows);
    return new BackfillAnswers<>(
        aggregation,
        of ->
            new SumPerBundle.ByTimeFn<>(
                keying, windows.slicing(), () -> BackfillBlocks.sums(aggregation, placing, of)),
        sliding ? slidingTables(windows) : tables(),
        windows.into().getOutputStrategyInternal(WindowingStrategy.globalDefault()),
        shards);
  }

  /** Answers in the windows that elements are in. */
  static <E, K, InT, AccT, OutT> BackfillAnswers<E, K, InT, AccT, OutT> asWindowed(
      Aggregation<K, InT, AccT, OutT> aggregation,
      Keying<E, K, InT> keying,
      WindowingStrategy<?, ?> windowing,
      int shards) {
    return new BackfillAnswers<>(
        aggregation,
        of ->
            new SumPerBundle.IntoGlobalFn<>(
                keying, () -> BackfillBlocks.sums(aggregation, BackfillAnswers::places, of)),
        tables(),
        windowing,
        shards);
  }

  private static List<BackfillBlocks.Place> places(BoundedWindow window) {
    return List.of(place((IntervalWindow) window));
  }

  private static BackfillBlocks.Place place(IntervalWindow window) {
    long end = window.end().getMillis();
    return new BackfillBlocks.Place(window.start().getMillis(), end, 0, end - 1);
  }

  private static BackfillBlocks.Placing<Long> tumbling(Windows windows) {
    return end -> List.of(place(windows.first(end - 1)));
  }

  private static BackfillBlocks.Placing<Long> sliding(Windows windows) {
    SlideGrid grid = SlideGrid.of(windows);
    long stretch = Math.multiplyExact(grid.width(), WIDTHS);
    return sliceEnd -> {
      long slice = sliceEnd - grid.slice();
      long last = Math.floorDiv(grid.lastEnd(slice), stretch);
      List<BackfillBlocks.Place> places = new ArrayList<>();
      for (long of = Math.floorDiv(grid.firstEnd(slice), stretch); of <= last; of++) {
        places.add(new BackfillBlocks.Place(of * stretch, (of + 1) * stretch, slice, sliceEnd - 1));
      }
      return places;
    };
  }

  private static <K, AccT, OutT> Tables<K, AccT, OutT> tables() {
    return (aggregation, room, giving) ->
        new MergedSums<>(
            aggregation.inWindows(),
            room,
            (key, sum) -> giving.give(key.key(), key.start(), key.end(), sum));
  }

  private static <K, AccT, OutT> Tables<K, AccT, OutT> slidingTables(Windows windows) {
    SlideGrid grid = SlideGrid.of(windows);
    return (aggregation, room, giving) ->
        new SlidingTable<>(
            grid,
            aggregation.inWindows(),
            room,
            (key, end, sum) -> giving.give(key, end - grid.width(), end, sum));
  }

  @Override
  public PCollection<Answer<K, OutT>> expand(PCollection<E> elements) {
    return elements
        .apply("SumInBundle", ParDo.of(summing.by(shards)))
        .setCoder(
            KvCoder.of(
                VarIntCoder.of(), BlockCoder.of(aggregation.keysInWindows(), aggregation.sums())))
        .setWindowingStrategyInternal(WindowingStrategy.globalDefault())
        .apply("Shard", GroupShards.create())
        .apply("Merge", ParDo.of(new MergeFn<>(aggregation, tables)))
        .setCoder(aggregation.answers())
        .setWindowingStrategyInternal(windowing);
  }

  /** Emits answers in their windows. */
  static final class Giving<K, AccT, OutT> {

    /** How many windows are kept; a power of two. Windows beyond it are created again. */
    private static final int KEPT = 64;

    /** A window in all the forms that an answer needs. */
    private record Forms(
        Instant start,
        Instant end,
        IntervalWindow window,
        List<IntervalWindow> alone,
        org.joda.time.Instant last) {

      static Forms of(long start, long end) {
        IntervalWindow window =
            new IntervalWindow(
                org.joda.time.Instant.ofEpochMilli(start), org.joda.time.Instant.ofEpochMilli(end));
        return new Forms(
            Instant.ofEpochMilli(start),
            Instant.ofEpochMilli(end),
            window,
            Collections.singletonList(window),
            window.maxTimestamp());
      }

      boolean is(long otherStart, long otherEnd) {
        return window.start().getMillis() == otherStart && window.end().getMillis() == otherEnd;
      }
    }

    private final Aggregation<K, ?, AccT, OutT> aggregation;
    private final DoFn.OutputReceiver<Answer<K, OutT>> out;
    private final @Nullable Forms[] kept = new Forms[KEPT];

    private Giving(
        Aggregation<K, ?, AccT, OutT> aggregation, DoFn.OutputReceiver<Answer<K, OutT>> out) {
      this.aggregation = aggregation;
      this.out = out;
    }

    void give(K key, long start, long end, AccT sum) {
      OutT value = aggregation.fn().extractOutput(sum);
      if (value != null) {
        Forms in = forms(start, end);
        out.outputWindowedValue(
            new Answer<>(key, in.start, in.end, 0, value), in.last, in.alone, PaneInfo.NO_FIRING);
      }
    }

    private Forms forms(long start, long end) {
      int place = Long.hashCode(end * 0x9E3779B97F4A7C15L) & (KEPT - 1);
      Forms forms = kept[place];
      if (forms == null || !forms.is(start, end)) {
        forms = Forms.of(start, end);
        kept[place] = forms;
      }
      return forms;
    }
  }

  private static final class MergeFn<K, AccT, OutT>
      extends EarlierOutputFn<KV<Integer, Iterable<byte[]>>, Answer<K, OutT>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, ?, AccT, OutT> aggregation;
    private final Tables<K, AccT, OutT> tables;

    MergeFn(Aggregation<K, ?, AccT, OutT> aggregation, Tables<K, AccT, OutT> tables) {
      this.aggregation = aggregation;
      this.tables = tables;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<byte[]>> shard, OutputReceiver<Answer<K, OutT>> out)
        throws IOException {
      TableBudget budget = TableBudget.ofProcess();
      Giving<K, AccT, OutT> giving = new Giving<>(aggregation, out);
      new PartedMerge(
              () -> tables.of(aggregation, new Room(budget, Room.LEAST_BYTES), giving), budget)
          .merge(shard.getValue());
    }
  }
}
