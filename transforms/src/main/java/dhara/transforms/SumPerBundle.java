package dhara.transforms;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The ways in which values are added up before they are shuffled. */
final class SumPerBundle {

  private SumPerBundle() {}

  /** Bounds the memory of a bundle: on some engines a whole partition is one. */
  static final int KEYS_PER_BUNDLE = 100_000;

  /**
   * Sums of values in the global window, by slices of time that follow each other: no window is
   * made for a single value. Blocks have the last moment of their slice.
   */
  static final class ByTimeFn<E, K, InT, AccT> extends DoFn<E, KV<Integer, byte[]>> {

    private static final long serialVersionUID = 1L;

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final long sliceMillis;
    private final int shards;
    private transient BundleSums<Long, K, InT, AccT> sums;
    private transient BundleSums<Long, K, InT, AccT>.@Nullable InWindow slice;
    private transient long sliceStart;

    ByTimeFn(
        Aggregation<K, InT, AccT, ?> aggregation,
        Keying<E, K, InT> keying,
        long sliceMillis,
        int shards) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.sliceMillis = sliceMillis;
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
      slice = null;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long at = context.timestamp().getMillis();
      // Most values are of the slice of the one before.
      if (slice == null || at < sliceStart || at - sliceStart >= sliceMillis) {
        sliceStart = Math.floorDiv(at, sliceMillis) * sliceMillis;
        slice = sums.in(sliceStart);
      }
      E element = context.element();
      slice.add(keying.key(element), keying.value(element));
      if (sums.size() >= KEYS_PER_BUNDLE) {
        slice = null;
        sums.flush(
            (start, shard, block) -> context.outputWithTimestamp(KV.of(shard, block), last(start)));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      slice = null;
      sums.flush(
          (start, shard, block) ->
              context.output(KV.of(shard, block), last(start), GlobalWindow.INSTANCE));
    }

    private Instant last(long start) {
      return Instant.ofEpochMilli(start + sliceMillis - 1);
    }

    /**
     * Blocks may be of earlier slices than the value that makes them too many. They are not behind
     * the watermark for that: it passes no value of a bundle before the bundle ends.
     */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // nobody calls it but the engine
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }
  }

  /** Sums of values by the windows that they are in. */
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
      if (sums.size() >= KEYS_PER_BUNDLE) {
        // What is output here goes to the value's window: the others wait for the bundle's end.
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

  /**
   * Sums of values by the sessions that they make within a bundle: windows that overlap become one
   * here as they do behind the shuffle, where those of all bundles meet. A sum has the time of its
   * session's start: what is on its way still may join a session that ends before the sum's does.
   */
  static final class BySessionFn<E, K, InT, AccT> extends DoFn<E, KV<K, AccT>> {

    private static final long serialVersionUID = 1L;

    private static final class Session<AccT> {
      private IntervalWindow window;
      private AccT sum;

      Session(IntervalWindow window, AccT sum) {
        this.window = window;
        this.sum = sum;
      }
    }

    private final Aggregation<K, InT, AccT, ?> aggregation;
    private final Keying<E, K, InT> keying;
    private final int most;

    /** By key and start; those of a key do not overlap. */
    private transient Map<K, NavigableMap<Instant, Session<AccT>>> sessions;

    private transient int size;

    /**
     * Sums of sessions.
     *
     * @param most sessions that are kept until the bundle ends; if more come, all go on
     */
    BySessionFn(Aggregation<K, InT, AccT, ?> aggregation, Keying<E, K, InT> keying, int most) {
      this.aggregation = aggregation;
      this.keying = keying;
      this.most = most;
    }

    @StartBundle
    public void startBundle() {
      // A bundle that failed may have left something behind.
      sessions = new HashMap<>();
      size = 0;
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      E element = context.element();
      add(
          sessions.computeIfAbsent(keying.key(element), key -> new TreeMap<>()),
          (IntervalWindow) window,
          keying.value(element));
      if (size >= most) {
        flush(
            (sum, of) ->
                context.outputWindowedValue(sum, of.start(), List.of(of), PaneInfo.NO_FIRING));
      }
    }

    private void add(NavigableMap<Instant, Session<AccT>> ofKey, IntervalWindow window, InT value) {
      Map.Entry<Instant, Session<AccT>> last = ofKey.lowerEntry(window.end());
      if (last == null || !last.getValue().window.intersects(window)) {
        AccT sum = aggregation.fn().addInput(aggregation.fn().createAccumulator(), value);
        ofKey.put(window.start(), new Session<>(window, sum));
        size++;
        return;
      }
      Session<AccT> session = last.getValue();
      session.sum = aggregation.fn().addInput(session.sum, value);
      session.window = session.window.span(window);
      if (window.start().isBefore(last.getKey())) {
        ofKey.remove(last.getKey());
        Map.Entry<Instant, Session<AccT>> before = ofKey.lowerEntry(last.getKey());
        while (before != null && before.getValue().window.intersects(window)) {
          session.sum = aggregation.plus(session.sum, before.getValue().sum);
          session.window = session.window.span(before.getValue().window);
          ofKey.remove(before.getKey());
          size--;
          before = ofKey.lowerEntry(before.getKey());
        }
        ofKey.put(session.window.start(), session);
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      flush((sum, of) -> context.output(sum, of.start(), of));
    }

    /** As of blocks: sums may be of earlier sessions than the value that makes them too many. */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // nobody calls it but the engine
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(Long.MAX_VALUE);
    }

    private void flush(BiConsumer<KV<K, AccT>, IntervalWindow> taker) {
      sessions.forEach(
          (key, ofKey) -> {
            for (Session<AccT> session : ofKey.values()) {
              AccT sum = aggregation.fn().compact(session.sum);
              taker.accept(KV.of(key, sum), session.window);
            }
          });
      sessions.clear();
      size = 0;
    }
  }
}
