package dhara.transforms.aggregate;

import dhara.records.RecordCoder;
import dhara.transforms.backfill.BackfillGrouping;
import dhara.transforms.windows.InGlobalWindow;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One answer per key and window: like {@code Combine.perKey}, with the window and the revision in
 * the answer, and with an overhead per shard of keys instead of per key.
 *
 * <p>Data: {@code KV<K, InT>}, or elements with a key function, which saves a step → {@link
 * Answer}. Time: an answer is emitted at the end of its window, or for a bounded input at its end,
 * with the window's maximum timestamp; on request, open windows answer early. State: per window and
 * shard (a fraction of the keys), the sums of the shard's keys as blocks of bytes, until the
 * window's end plus the allowed lateness. Late: events within the allowed lateness make a revision
 * that replaces the whole answer, one for all that come between two watermark advances; the engine
 * drops later events, unless the source has already separated them ({@link Lateness}). If the
 * values of a key add up to null, there is no answer, and an earlier one is {@link Answer#withdrawn
 * withdrawn}.
 *
 * <pre>{@code
 * trades.apply(
 *     Answers.in(Windows.tumbling(minute))
 *         .perKey(Instrument.class, t -> new Instrument(t.symbol()), TallyFn.of(…)))
 * }</pre>
 *
 * <p><b>How.</b> A grouping by key costs an engine a state cell, a timer and an encoded key for
 * each key and window. Here the values of a bundle are added up first, and their sums are sent on
 * in blocks, one for each window and shard. State holds the blocks. At the end of the window the
 * blocks of a shard are merged in a table, which gives the answers. So a window has a few hundred
 * cells and timers, whether there are a thousand keys or ten million, and at most one shard's sums
 * are on the heap as objects at a time.
 *
 * <pre>
 *   values ─▶ sum per key in the bundle ─▶ a block per window and shard ═▶ merge ─▶ answers
 * </pre>
 *
 * <p>Sliding windows share slices: {@link #in} adds an event up once, and merges the sums of the
 * slices into the windows. {@link #perKey} adds up each event in each of its windows.
 *
 * <p>Sessions work the same way: the values of a bundle are added up by the sessions that they
 * form, and the blocks of a shard are merged when sessions end. If a late event joins sessions, the
 * joined session is answered, and the answers of its parts are withdrawn. An event that the source
 * has let through always joins the sessions that it reaches, so a stream settles on the sessions of
 * a backfill. Beam's own session windows would have dropped some of them, because they are kept
 * only until the lateness after their end.
 *
 * <p>It supports the windowings that {@link Windows} makes, and Beam's own if their windows are
 * sessions, or have a start and an end and do not merge, with the default trigger or {@code
 * AfterWatermark.pastEndOfWindow()}, late firings by {@code AfterPane.elementCountAtLeast(1)} and
 * early ones by {@code AfterProcessingTime.pastFirstElementInPane().plusDelayOf(…)}, accumulating.
 * The delay is the longest that an early answer waits, because shards take turns within it. All
 * other windowings go through {@code Combine.perKey} itself.
 */
public final class Answers<E, K, InT, AccT, OutT>
    extends PTransform<PCollection<E>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  /**
   * Enough shards to spread the keys evenly over many workers; a few hundred blocks per bundle are
   * few.
   */
  private static final int SHARDS = 256;

  /** Windows of more slices than this would take longer to merge than to add up. */
  private static final int MOST_SLICES = 10_000;

  /** Derives the coders of keys and values from that of the elements. */
  private interface Coders<E, K, InT> extends Serializable {
    KvCoder<K, InT> of(Coder<E> elements);
  }

  private final Keying<E, K, InT> keying;
  private final Coders<E, K, InT> coders;
  private final CombineFn<InT, AccT, OutT> fn;
  private final @Nullable Windows windows;
  private final @Nullable Integer shards;
  private final int compactBytes;

  private Answers(
      Keying<E, K, InT> keying,
      Coders<E, K, InT> coders,
      CombineFn<InT, AccT, OutT> fn,
      @Nullable Windows windows,
      @Nullable Integer shards,
      int compactBytes) {
    this.keying = keying;
    this.coders = coders;
    this.fn = fn;
    this.windows = windows;
    this.shards = shards;
    this.compactBytes = compactBytes;
  }

  /**
   * The combination of each key's values in each window that they are in, as an answer: {@code
   * Combine.perKey}, after {@code Window.into}.
   */
  public static <K, InT, AccT, OutT> Answers<KV<K, InT>, K, InT, AccT, OutT> perKey(
      CombineFn<InT, AccT, OutT> fn) {
    return ofPairs(fn, null);
  }

  /** Answers in these windows, whatever windows the values are in. */
  public static InWindows in(Windows windows) {
    return new InWindows(windows);
  }

  /** Answers in windows that are known. */
  public static final class InWindows {

    private final Windows windows;

    private InWindows(Windows windows) {
      this.windows = windows;
    }

    /**
     * The combination of the elements with a key, in each window, as an answer.
     *
     * @param type the record that keys are
     * @param key an element's key
     */
    public <E, K extends Record, AccT, OutT> Answers<E, K, E, AccT, OutT> perKey(
        Class<K> type, SerializableFunction<E, K> key, CombineFn<E, AccT, OutT> fn) {
      return new Answers<>(
          new Keying.ByFunction<>(key),
          elements -> KvCoder.of(RecordCoder.of(type), elements),
          fn,
          windows,
          null,
          MergeShards.COMPACT_BYTES);
    }

    /** The combination of each key's values in each window, as an answer. */
    public <K, InT, AccT, OutT> Answers<KV<K, InT>, K, InT, AccT, OutT> perKey(
        CombineFn<InT, AccT, OutT> fn) {
      return ofPairs(fn, windows);
    }
  }

  private static <K, InT, AccT, OutT> Answers<KV<K, InT>, K, InT, AccT, OutT> ofPairs(
      CombineFn<InT, AccT, OutT> fn, @Nullable Windows windows) {
    return new Answers<>(
        new Keying.OfPairs<>(), Answers::pairs, fn, windows, null, MergeShards.COMPACT_BYTES);
  }

  @SuppressWarnings("unchecked") // the coder of pairs has their types
  private static <K, InT> KvCoder<K, InT> pairs(Coder<KV<K, InT>> coder) {
    if (coder instanceof KvCoder<?, ?>) {
      return (KvCoder<K, InT>) coder;
    }
    throw new IllegalArgumentException(
        "answers per key need a KvCoder on their input, but it has " + coder);
  }

  /**
   * With this many shards: at least a few for each worker. A shard's sums in a window must fit in
   * memory, in a stream.
   *
   * @param newShards at least 1; unless told 256, and in a backfill as many as the engine's workers
   *     keep busy ({@link BackfillGrouping})
   */
  public Answers<E, K, InT, AccT, OutT> withShards(int newShards) {
    if (newShards < 1) {
      throw new IllegalArgumentException("there must be a shard, but there are " + newShards);
    }
    return new Answers<>(keying, coders, fn, windows, newShards, compactBytes);
  }

  /** Merges the blocks of a window's shard before its end whenever they take this many bytes. */
  Answers<E, K, InT, AccT, OutT> compactingAt(int bytes) {
    return new Answers<>(keying, coders, fn, windows, shards, bytes);
  }

  /** How the values of a key and window are combined. */
  public CombineFn<InT, AccT, OutT> fn() {
    return fn;
  }

  @Override
  public PCollection<Answer<K, OutT>> expand(PCollection<E> elements) {
    KvCoder<K, InT> pairs = coders.of(elements.getCoder());
    Aggregation<K, InT, AccT, OutT> aggregation =
        Aggregation.of(
            fn,
            pairs.getKeyCoder(),
            pairs.getValueCoder(),
            elements.getPipeline().getCoderRegistry());
    if (windows != null
        && windows.endless()
        && windows.early().isZero()
        && elements.isBounded() == IsBounded.UNBOUNDED) {
      throw new IllegalArgumentException(
          "windows that never end would never answer in a stream; let them answer early, e.g."
              + " Windows.ever().withEarlyAnswersEvery(Duration.ofSeconds(10))");
    }
    if (windows != null && !windows.merging() && windows.slicesInWindow() <= MOST_SLICES) {
      return bySlice(aggregation, windows, elements);
    }
    Optional<Windows> sessions =
        windows == null
            ? Firings.sessions(elements.getWindowingStrategy())
            : Optional.of(windows).filter(Windows::merging);
    if (sessions.isPresent()) {
      return bySession(aggregation, sessions.get(), elements);
    }
    PCollection<E> windowed = windows == null ? elements : elements.apply("Window", windows.into());
    return Firings.of(windowed.getWindowingStrategy())
        .map(firings -> byWindow(aggregation, firings, windowed))
        .orElseGet(() -> combined(aggregation, pairs, windowed));
  }

  private int streamShards() {
    return shards == null ? SHARDS : shards;
  }

  private int backfillShards(PCollection<E> elements) {
    return shards == null ? BackfillGrouping.shards(elements.getPipeline()) : shards;
  }

  /** Values are added up by slices of time, and only the sums go into windows. */
  private PCollection<Answer<K, OutT>> bySlice(
      Aggregation<K, InT, AccT, OutT> aggregation, Windows windows, PCollection<E> elements) {
    if (elements.isBounded() == IsBounded.BOUNDED) {
      return elements.apply(
          "Backfill", BackfillAnswers.in(windows, aggregation, keying, backfillShards(elements)));
    }
    PCollection<KV<Integer, byte[]>> blocks =
        global(elements)
            .apply(
                "SumInBundle",
                ParDo.of(
                    new SumPerBundle.ByTimeFn<>(
                        keying, windows.slicing(), streamSums(aggregation))))
            .setCoder(aggregation.shards());
    if (windows.slicesInWindow() == 1) {
      return merged(aggregation, Firings.of(windows), blocks.apply("Window", windows.into()));
    }
    Windows slices = windows.slices();
    return blocks
        .apply("Slice", slices.into())
        .apply(
            "SumSlice",
            new MergeShards<>(
                aggregation,
                new Slide.Slices<>(!windows.early().isZero() || !windows.lateness().isZero()),
                Firings.of(slices),
                compactBytes))
        .setCoder(aggregation.shards())
        .apply("Answer", new Slide<>(aggregation, windows));
  }

  private SumPerBundle.NewSums<Long, K, InT, AccT> streamSums(
      Aggregation<K, InT, AccT, OutT> aggregation) {
    int of = streamShards();
    return () -> new BundleSums<>(aggregation, of);
  }

  private static <T> PCollection<T> global(PCollection<T> values) {
    return values.getWindowingStrategy().getWindowFn() instanceof GlobalWindows
        ? values
        : values.apply("Global", InGlobalWindow.into());
  }

  /** Values are added up by the windows that they are in. */
  private PCollection<Answer<K, OutT>> byWindow(
      Aggregation<K, InT, AccT, OutT> aggregation, Firings firings, PCollection<E> elements) {
    if (elements.isBounded() == IsBounded.BOUNDED) {
      return elements.apply(
          "Backfill",
          BackfillAnswers.asWindowed(
              aggregation, keying, elements.getWindowingStrategy(), backfillShards(elements)));
    }
    return merged(
        aggregation,
        firings,
        elements
            .apply(
                "SumInBundle",
                ParDo.of(new SumPerBundle.ByWindowFn<>(aggregation, keying, streamShards())))
            .setCoder(aggregation.shards()));
  }

  private PCollection<Answer<K, OutT>> merged(
      Aggregation<K, InT, AccT, OutT> aggregation,
      Firings firings,
      PCollection<KV<Integer, byte[]>> blocks) {
    return blocks
        .apply(
            "Answer",
            new MergeShards<>(
                aggregation, new ShardFiring.Answering<>(aggregation), firings, compactBytes))
        .setCoder(aggregation.answers());
  }

  /** Values are added up by the sessions of their bundle, and those of all bundles are merged. */
  private PCollection<Answer<K, OutT>> bySession(
      Aggregation<K, InT, AccT, OutT> aggregation, Windows sessions, PCollection<E> elements) {
    return global(elements)
        .apply(
            "SumInBundle",
            ParDo.of(
                new SumPerBundle.BySessionFn<>(
                    aggregation,
                    keying,
                    sessions.gap().toMillis(),
                    elements.isBounded() == IsBounded.BOUNDED
                        ? backfillShards(elements)
                        : streamShards())))
        .setCoder(aggregation.sessions())
        .apply("Answer", new Sessionize<>(aggregation, sessions, compactBytes));
  }

  /** Beam's own way, for other windows that merge, and for panes that only it knows. */
  private PCollection<Answer<K, OutT>> combined(
      Aggregation<K, InT, AccT, OutT> aggregation, KvCoder<K, InT> pairs, PCollection<E> elements) {
    return elements
        .apply("Key", ParDo.of(new KeyFn<>(keying)))
        .setCoder(pairs)
        .apply("SumPerKey", Combine.perKey(aggregation.fn()))
        .setCoder(KvCoder.of(aggregation.keys(), NullableCoder.of(aggregation.outs())))
        .apply("Answer", ParDo.of(new AnswerFn<>()))
        .setCoder(aggregation.answers());
  }

  private static final class KeyFn<E, K, InT> extends DoFn<E, KV<K, InT>> {

    private static final long serialVersionUID = 1L;

    private final Keying<E, K, InT> keying;

    KeyFn(Keying<E, K, InT> keying) {
      this.keying = keying;
    }

    @ProcessElement
    public void process(@Element E element, OutputReceiver<KV<K, InT>> out) {
      out.output(KV.of(keying.key(element), keying.value(element)));
    }
  }

  /** Puts the window and the revision into the answer. */
  private static final class AnswerFn<K, V> extends DoFn<KV<K, V>, Answer<K, V>> {

    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<K, V> element,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<Answer<K, V>> out) {
      if (!(window instanceof IntervalWindow interval)) {
        throw new IllegalStateException(
            "an answer needs a window with a start and an end, but " + window + " has none");
      }
      V value = element.getValue();
      if (value != null || !pane.isFirst()) {
        out.output(
            new Answer<>(
                element.getKey(),
                Instant.ofEpochMilli(interval.start().getMillis()),
                Instant.ofEpochMilli(interval.end().getMillis()),
                pane.getIndex(),
                value != null && pane.isFirst(),
                value));
      }
    }
  }
}
