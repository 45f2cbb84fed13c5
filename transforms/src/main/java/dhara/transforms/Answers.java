package dhara.transforms;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One answer per key and window: {@code Combine.perKey} with the window and the revision in it.
 *
 * <p>Data: {@code KV<K, InT>} in windows → {@link Answer}. Time: an answer appears as the windows'
 * trigger says (a bounded input has one moment, its end) and carries the time of its window's end.
 * State: one accumulator per key and window, until the window's end and allowed lateness. Late: an
 * event within the allowed lateness makes a revision that replaces the whole answer; a later one
 * the engine drops, unless the source has put it apart already ({@link Lateness}).
 *
 * <p>A {@code Combine} over single events pays key encoding and a state access for each of them;
 * before it, this transform adds events up within a bundle, so that only a sum per key, window and
 * bundle is shuffled.
 *
 * <pre>{@code
 * keyed.apply(Answers.in(Windows.tumbling(minute)).perKey(TallyFn.of(…)))
 * }</pre>
 */
public final class Answers<K, InT, AccT, OutT>
    extends PTransform<PCollection<KV<K, InT>>, PCollection<Answer<K, OutT>>> {

  private static final long serialVersionUID = 1L;

  private final CombineFn<InT, AccT, OutT> fn;
  private final @Nullable Windows windows;

  private Answers(CombineFn<InT, AccT, OutT> fn, @Nullable Windows windows) {
    this.fn = fn;
    this.windows = windows;
  }

  /**
   * The combination of each key's values in each window that they are in, as an answer: {@code
   * Combine.perKey}, after {@code Window.into}.
   */
  public static <K, InT, AccT, OutT> Answers<K, InT, AccT, OutT> perKey(
      CombineFn<InT, AccT, OutT> fn) {
    return new Answers<>(fn, null);
  }

  /** Answers in these windows, whatever windows the events are in. */
  public static InWindows in(Windows windows) {
    return new InWindows(windows);
  }

  /** Answers in windows that are known. */
  public static final class InWindows {

    private final Windows windows;

    private InWindows(Windows windows) {
      this.windows = windows;
    }

    /** The combination of each key's values in each window, as an answer. */
    public <K, InT, AccT, OutT> Answers<K, InT, AccT, OutT> perKey(CombineFn<InT, AccT, OutT> fn) {
      return new Answers<>(fn, windows);
    }
  }

  /** How the values of a key and window are combined. */
  public CombineFn<InT, AccT, OutT> fn() {
    return fn;
  }

  @Override
  public PCollection<Answer<K, OutT>> expand(PCollection<KV<K, InT>> events) {
    if (!(events.getCoder() instanceof KvCoder<?, ?>)) {
      throw new IllegalArgumentException(
          "answers per key need a KvCoder on their input; set one on " + events.getName());
    }
    KvCoder<K, InT> in = (KvCoder<K, InT>) events.getCoder();
    CoderRegistry registry = events.getPipeline().getCoderRegistry();
    Coder<AccT> accumulators;
    Coder<OutT> outs;
    try {
      accumulators = fn.getAccumulatorCoder(registry, in.getValueCoder());
      outs = fn.getDefaultOutputCoder(registry, in.getValueCoder());
    } catch (CannotProvideCoderException e) {
      throw new IllegalArgumentException("no coder for what " + fn + " adds up", e);
    }
    PCollection<KV<K, InT>> windowed =
        windows == null ? events : events.apply("Window", windows.into());
    // The windows of merging window functions are an event's own until they merge: nothing to add
    // up.
    int keysAtMost =
        windowed.getWindowingStrategy().getWindowFn().isNonMerging() ? KEYS_PER_BUNDLE : 0;
    return windowed
        .apply("SumInBundle", ParDo.of(new SumInBundleFn<K, InT, AccT>(fn, keysAtMost)))
        .setCoder(KvCoder.of(in.getKeyCoder(), accumulators))
        .apply("SumPerKey", Combine.perKey(new MergeFn<>(fn, accumulators, outs)))
        .setCoder(KvCoder.of(in.getKeyCoder(), outs))
        .apply("Answer", ParDo.of(new AnswerFn<>()))
        .setCoder(AnswerCoder.of(in.getKeyCoder(), outs));
  }

  /** Bounds a bundle's memory: on some engines a whole partition is one bundle. */
  private static final int KEYS_PER_BUNDLE = 50_000;

  /** Adds values up per key and window within a bundle. */
  private static final class SumInBundleFn<K, InT, AccT> extends DoFn<KV<K, InT>, KV<K, AccT>> {

    private static final long serialVersionUID = 1L;

    private record KeyInWindow<K>(K key, BoundedWindow window) {}

    private final CombineFn<InT, AccT, ?> fn;
    private final int keysAtMost;
    private transient Map<KeyInWindow<K>, AccT> sums;

    SumInBundleFn(CombineFn<InT, AccT, ?> fn, int keysAtMost) {
      this.fn = fn;
      this.keysAtMost = keysAtMost;
    }

    @StartBundle
    public void startBundle() {
      sums = new HashMap<>();
    }

    @ProcessElement
    public void process(
        @Element KV<K, InT> event, BoundedWindow window, OutputReceiver<KV<K, AccT>> out) {
      KeyInWindow<K> key = new KeyInWindow<>(event.getKey(), window);
      AccT sum = sums.get(key);
      if (sum == null && sums.size() >= keysAtMost) {
        out.output(KV.of(event.getKey(), fn.addInput(fn.createAccumulator(), event.getValue())));
      } else {
        sums.put(key, fn.addInput(sum == null ? fn.createAccumulator() : sum, event.getValue()));
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      sums.forEach(
          (key, sum) ->
              context.output(KV.of(key.key(), sum), key.window().maxTimestamp(), key.window()));
      sums = null;
    }
  }

  /** The second half of a combination: from accumulators on. */
  private static final class MergeFn<AccT, OutT> extends CombineFn<AccT, AccT, OutT> {

    private static final long serialVersionUID = 1L;

    private final CombineFn<?, AccT, OutT> fn;
    private final Coder<AccT> accumulators;
    private final Coder<OutT> outs;

    MergeFn(CombineFn<?, AccT, OutT> fn, Coder<AccT> accumulators, Coder<OutT> outs) {
      this.fn = fn;
      this.accumulators = accumulators;
      this.outs = outs;
    }

    @Override
    public AccT createAccumulator() {
      return fn.createAccumulator();
    }

    @Override
    public AccT addInput(AccT sum, AccT part) {
      return fn.mergeAccumulators(List.of(sum, part));
    }

    @Override
    public AccT mergeAccumulators(Iterable<AccT> sums) {
      return fn.mergeAccumulators(sums);
    }

    @Override
    public OutT extractOutput(AccT sum) {
      return fn.extractOutput(sum);
    }

    @Override
    public Coder<AccT> getAccumulatorCoder(CoderRegistry registry, Coder<AccT> input) {
      return accumulators;
    }

    @Override
    public Coder<OutT> getDefaultOutputCoder(CoderRegistry registry, Coder<AccT> input) {
      return outs;
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
      out.output(
          new Answer<>(
              element.getKey(),
              Instant.ofEpochMilli(interval.start().getMillis()),
              Instant.ofEpochMilli(interval.end().getMillis()),
              pane.getIndex(),
              element.getValue()));
    }
  }
}
