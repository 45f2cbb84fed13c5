package dhara.transforms.aggregate;

import dhara.transforms.backfill.WindowedKey;
import dhara.transforms.shards.ShardBlocks;
import dhara.transforms.windows.Slicing;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * DoFns that add up values of a backfill before the shuffle. They work like {@link SumPerBundle},
 * but the windows are inside the blocks, and the blocks are in the global window: a bundle makes
 * one block for each shard, however many windows its values have. A block has the maximum timestamp
 * of the first of its windows, so no answer from it is behind the watermark.
 */
final class BackfillSums {

  private BackfillSums() {}

  /**
   * The place of a window's sum.
   *
   * @param start start of the window that becomes part of the key, epoch milliseconds
   * @param end its end
   * @param revision the number stored with the sum
   * @param last a time at or before that of every answer of the sum
   */
  record Place(long start, long end, long revision, long last) {}

  /** Chooses the places of a window's sums. */
  interface Placing<W> extends Serializable {
    List<Place> of(W window);
  }

  /** The blocks of a bundle. */
  private static final class Blocks<W, K, AccT> implements BundleSums.Blocks<W, K, AccT> {

    /** Takes the block of a shard. */
    @FunctionalInterface
    interface TimedBlockTaker {
      void take(KV<Integer, byte[]> block, Instant at);
    }

    private final ShardBlocks<WindowedKey<K>> blocks;
    private final Coder<AccT> sums;
    private final Placing<W> placing;
    private final long[] lasts;
    private @Nullable W window;
    private List<Place> places = List.of();

    Blocks(Aggregation<K, ?, AccT, ?> aggregation, Placing<W> placing, int shards) {
      this.blocks = new ShardBlocks<>(aggregation.keysInWindows(), shards);
      this.sums = aggregation.sums();
      this.placing = placing;
      this.lasts = new long[shards];
      forget();
    }

    @Override
    public void add(W of, K key, AccT sum) {
      if (!of.equals(window)) {
        window = of;
        places = placing.of(of);
      }
      for (Place place : places) {
        int shard =
            blocks.add(new WindowedKey<>(place.start, place.end, key), place.revision, sum, sums);
        lasts[shard] = Math.min(lasts[shard], place.last);
      }
    }

    @Override
    public void flush(W of, BundleSums.WindowBlockTaker<W> taker) {} // all windows go together

    @Override
    public void clear() {}

    void flush(TimedBlockTaker taker) {
      blocks.flush(
          (shard, block) -> taker.take(KV.of(shard, block), Instant.ofEpochMilli(lasts[shard])));
      forget();
    }

    void forget() {
      blocks.clear();
      Arrays.fill(lasts, Long.MAX_VALUE);
    }
  }

  /** The sums of a bundle. */
  private static final class Sums<W, K, InT, AccT> {

    private final Blocks<W, K, AccT> blocks;
    private final BundleSums<W, K, InT, AccT> sums;

    Sums(Aggregation<K, InT, AccT, ?> aggregation, Placing<W> placing, int shards) {
      blocks = new Blocks<>(aggregation, placing, shards);
      sums = new BundleSums<>(aggregation, () -> blocks);
    }

    void clear() {
      sums.clear();
      blocks.forget();
    }

    void flush(Blocks.TimedBlockTaker taker) {
      sums.flush((window, shard, block) -> {});
      blocks.flush(taker);
    }
  }

  private static <T> void output(DoFn<?, T>.ProcessContext context, T block, Instant at) {
    context.outputWindowedValue(block, at, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
  }

  /** Adds up values by consecutive slices of time. */
  static final class ByTimeFn<E, K, InT, AccT> extends DoFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final Slicing slicing;
    private final Placing<Long> placing;
    private final int shards;
    private transient Sums<Long, K, InT, AccT> sums;
    private transient BundleSums<Long, K, InT, AccT>.@Nullable InWindow slice;
    private transient long sliceStart;
    private transient long sliceEnd;

    /**
     * Sums by slices.
     *
     * @param placing where the sums of a slice go, by its end
     */
    ByTimeFn(
        Aggregation<K, InT, AccT, ?> aggregation,
        Keying<E, K, InT> keying,
        Slicing slicing,
        Placing<Long> placing,
        int shards) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.slicing = slicing;
      this.placing = placing;
      this.shards = shards;
    }

    @Setup
    public void setUp() {
      sums = new Sums<>(aggregation, placing, shards);
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
        slice = sums.sums.in(sliceEnd);
      }
      E element = context.element();
      slice.add(keying.key(element), keying.value(element));
      if (sums.sums.size() >= SumPerBundle.KEYS_PER_BUNDLE) {
        slice = null;
        sums.flush((block, time) -> output(context, block, time));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      slice = null;
      sums.flush((block, time) -> context.output(block, time, GlobalWindow.INSTANCE));
    }

    /** When the table is full, blocks may have earlier slices than the current value. */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // nobody calls it but the engine
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }

  /** Adds up values by their windows. */
  static final class ByWindowFn<E, K, InT, AccT> extends DoFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final Placing<BoundedWindow> placing;
    private final int shards;
    private transient Sums<BoundedWindow, K, InT, AccT> sums;

    ByWindowFn(
        Aggregation<K, InT, AccT, ?> aggregation,
        Keying<E, K, InT> keying,
        Placing<BoundedWindow> placing,
        int shards) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.placing = placing;
      this.shards = shards;
    }

    @Setup
    public void setUp() {
      sums = new Sums<>(aggregation, placing, shards);
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sums.clear();
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      E element = context.element();
      sums.sums.in(window).add(keying.key(element), keying.value(element));
      if (sums.sums.size() >= SumPerBundle.KEYS_PER_BUNDLE) {
        sums.flush((block, time) -> output(context, block, time));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      sums.flush((block, time) -> context.output(block, time, GlobalWindow.INSTANCE));
    }

    /** When the table is full, blocks may have earlier windows than the current value. */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // nobody calls it but the engine
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }
}
