package dhara.transforms.aggregate;

import dhara.transforms.shards.EarlierOutputFn;
import dhara.transforms.windows.Slicing;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * DoFns that add up values before the shuffle. When a table is full, it is passed on before the
 * bundle ends, and its blocks may have earlier slices than the current value. They are still not
 * behind the watermark, because it does not pass values of an open bundle.
 */
final class SumPerBundle {

  private SumPerBundle() {}

  /** Creates the sums of a bundle, on a worker. */
  @FunctionalInterface
  interface NewSums<W, K, InT, AccT> extends Serializable {
    BundleSums<W, K, InT, AccT> create();
  }

  /**
   * Adds up values in the global window by consecutive slices of time, without creating a window
   * per value. Blocks have the last timestamp of their slice, or of the earliest slice in them.
   */
  static final class ByTimeFn<E, K, InT, AccT> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Keying<E, K, InT> keying;
    private final Slicing slicing;
    private final NewSums<Long, K, InT, AccT> newSums;
    private transient BundleSums<Long, K, InT, AccT> sums;
    private transient BundleSums<Long, K, InT, AccT>.@Nullable InWindow slice;
    private transient long sliceStart;
    private transient long sliceEnd;

    /**
     * Sums by slices.
     *
     * @param newSums creates the sums by the ends of their slices
     */
    ByTimeFn(Keying<E, K, InT> keying, Slicing slicing, NewSums<Long, K, InT, AccT> newSums) {
      this.keying = keying;
      this.slicing = slicing;
      this.newSums = newSums;
    }

    @Setup
    public void setUp() {
      sums = newSums.create();
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sums.clear();
      slice = null;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long at = context.timestamp().getMillis();
      // Most values are in the same slice as the one before.
      if (slice == null || at < sliceStart || at >= sliceEnd) {
        sliceStart = slicing.start(at);
        sliceEnd = slicing.end(sliceStart);
        slice = sums.in(sliceEnd);
      }
      E element = context.element();
      slice.add(keying.key(element), keying.value(element));
      if (sums.full()) {
        slice = null;
        sums.flush(
            (end, shard, block) -> context.outputWithTimestamp(KV.of(shard, block), last(end)));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      slice = null;
      sums.flush(
          (end, shard, block) ->
              context.output(KV.of(shard, block), last(end), GlobalWindow.INSTANCE));
    }

    private static Instant last(long end) {
      return Instant.ofEpochMilli(end - 1);
    }
  }

  /** Adds up values by their windows. */
  static final class ByWindowFn<E, K, InT, AccT> extends DoFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final int shards;
    private transient BundleSums<BoundedWindow, K, InT, AccT> sums;

    ByWindowFn(Aggregation<K, InT, AccT, ?> aggregation, Keying<E, K, InT> keying, int shards) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.shards = shards;
    }

    @Setup
    public void setUp() {
      sums = new BundleSums<>(aggregation, shards);
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sums.clear();
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      E element = context.element();
      sums.in(window).add(keying.key(element), keying.value(element));
      if (sums.full()) {
        // Output here goes to the value's own window; other windows wait for the end of the bundle.
        sums.flush(
            window,
            (w, shard, block) ->
                context.outputWithTimestamp(KV.of(shard, block), w.maxTimestamp()));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      sums.flush(
          (window, shard, block) ->
              context.output(KV.of(shard, block), window.maxTimestamp(), window));
    }
  }

  /** Adds up values by their windows, into blocks in the global window. */
  static final class IntoGlobalFn<E, K, InT, AccT> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Keying<E, K, InT> keying;
    private final NewSums<BoundedWindow, K, InT, AccT> newSums;
    private transient BundleSums<BoundedWindow, K, InT, AccT> sums;

    IntoGlobalFn(Keying<E, K, InT> keying, NewSums<BoundedWindow, K, InT, AccT> newSums) {
      this.keying = keying;
      this.newSums = newSums;
    }

    @Setup
    public void setUp() {
      sums = newSums.create();
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sums.clear();
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      E element = context.element();
      sums.in(window).add(keying.key(element), keying.value(element));
      if (sums.full()) {
        sums.flush(
            (first, shard, block) ->
                context.outputWindowedValue(
                    KV.of(shard, block),
                    first.maxTimestamp(),
                    List.of(GlobalWindow.INSTANCE),
                    PaneInfo.NO_FIRING));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      sums.flush(
          (first, shard, block) ->
              context.output(KV.of(shard, block), first.maxTimestamp(), GlobalWindow.INSTANCE));
    }
  }

  /**
   * Adds up values in the global window by the sessions that they form. A block has the time of its
   * earliest event: elements in flight may belong to a session that ends before this block's do,
   * and no session may end before its events have come.
   */
  static final class BySessionFn<E, K, InT, AccT> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final long gapMillis;
    private final int shards;
    private transient BundleSessions<K, InT, AccT> sessions;

    BySessionFn(
        Aggregation<K, InT, AccT, ?> aggregation,
        Keying<E, K, InT> keying,
        long gapMillis,
        int shards) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.gapMillis = gapMillis;
      this.shards = shards;
    }

    @Setup
    public void setUp() {
      sessions = new BundleSessions<>(aggregation, gapMillis, shards);
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sessions.clear();
    }

    @ProcessElement
    public void process(ProcessContext context) {
      E element = context.element();
      sessions.add(keying.key(element), context.timestamp().getMillis(), keying.value(element));
      if (sessions.full()) {
        sessions.flush(
            (shard, first, block) ->
                context.outputWithTimestamp(KV.of(shard, block), Instant.ofEpochMilli(first)));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      sessions.flush(
          (shard, first, block) ->
              context.output(
                  KV.of(shard, block), Instant.ofEpochMilli(first), GlobalWindow.INSTANCE));
    }
  }
}
