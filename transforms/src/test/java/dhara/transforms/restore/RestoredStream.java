package dhara.transforms.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * A transform as a stream that fails and is restored: at random moments a checkpoint is taken, or
 * everything since the last one is lost, the workers too, and what came since then is played again,
 * in other bundles and another order.
 *
 * <p>It plays the graph that the transform expands to, step after step: functions by Beam's own
 * runner of functions, with their state in the coders that they declare. Unlike the direct runner
 * it has checkpoints, and a run takes a few milliseconds; unlike an engine it has one thread, and
 * no network. It knows the steps that streams here consist of: functions, windows and flattening.
 *
 * @param <T> what arrives
 * @param <OutT> what comes out
 */
public final class RestoredStream<T, OutT> {

  /** What arrives between two advances of the watermark. */
  public record Wave<T>(Instant watermark, List<Timed<T>> elements) {}

  /** An element and its time. */
  public record Timed<T>(T value, Instant at) {}

  /**
   * What came out.
   *
   * @param committed the outputs of a sink that is restored with the stream: each once
   * @param written all outputs, also those that were lost by a failure and came again
   * @param restores how often it failed
   */
  public record Outcome<OutT>(List<OutT> committed, List<OutT> written, int restores) {}

  /** Where the elements come from. */
  private static final class Arriving<T> extends PTransform<PBegin, PCollection<T>> {

    private static final long serialVersionUID = 1L;

    private final Coder<T> coder;

    Arriving(Coder<T> coder) {
      this.coder = coder;
    }

    @Override
    public PCollection<T> expand(PBegin input) {
      return PCollection.createPrimitiveOutputInternal(
          input.getPipeline(), WindowingStrategy.globalDefault(), IsBounded.UNBOUNDED, coder);
    }
  }

  /** Processes what flows in a wave. */
  private interface Step {
    void play(Instant now, Random random) throws Exception;
  }

  /** What a checkpoint holds. */
  private record Checkpoint(
      int next, int outputs, List<DoFnStep.Kept> steps, Map<PCollection<?>, Instant> watermarks) {}

  private static final int MOST_RESTORES = 4;

  /** The clock on the wall of all workers. It goes on while a stream is restored. */
  private static final AtomicLong WALL_MILLIS = new AtomicLong(1_772_359_200_000L);

  private final PipelineOptions options = PipelineOptionsFactory.create();
  private final PCollection<T> source;
  private final PCollection<OutT> sink;
  private final Pipeline pipeline;

  private final List<Step> steps = new ArrayList<>();
  private final List<DoFnStep<?, ?>> fns = new ArrayList<>();
  private final Map<PCollection<?>, List<WindowedValue<?>>> flowing = new HashMap<>();
  private Map<PCollection<?>, Instant> watermarks = new HashMap<>();
  private final List<OutT> committed = new ArrayList<>();
  private final List<OutT> written = new ArrayList<>();

  private RestoredStream(
      Coder<T> coder, PTransform<? super PCollection<T>, PCollection<OutT>> transform) {
    this.pipeline = Pipeline.create(options);
    this.source = pipeline.apply("Arriving", new Arriving<>(coder));
    this.sink = source.apply("Tested", transform);
  }

  /**
   * A transform over a stream.
   *
   * @param coder codes what arrives
   */
  public static <T, OutT> RestoredStream<T, OutT> of(
      Coder<T> coder, PTransform<? super PCollection<T>, PCollection<OutT>> transform) {
    return new RestoredStream<>(coder, transform);
  }

  /** The clock of the workers, epoch milliseconds. */
  public static long wallMillis() {
    return WALL_MILLIS.get();
  }

  /**
   * Plays arrivals from the start to the end of time.
   *
   * @param waves in the order of their watermarks
   */
  public Outcome<OutT> play(List<Wave<T>> waves, Random random) throws Exception {
    begin();
    int restores = 0;
    Checkpoint checkpoint = checkpoint(0);
    for (int next = 0; next <= waves.size(); ) {
      boolean last = next == waves.size();
      Instant watermark = last ? BoundedWindow.TIMESTAMP_MAX_VALUE : waves.get(next).watermark;
      wave(List.of(), watermark, random);
      if (!last) {
        List<Timed<T>> elements = new ArrayList<>(waves.get(next).elements);
        Collections.shuffle(elements, random);
        wave(elements, watermark, random);
      }
      next++;
      if (random.nextInt(3) == 0) {
        checkpoint = checkpoint(next);
      }
      if (restores < MOST_RESTORES && random.nextInt(5) == 0) {
        restores++;
        WALL_MILLIS.addAndGet(1_000 + random.nextInt(10_000));
        next = checkpoint.next;
        restore(checkpoint);
      }
    }
    fns.forEach(DoFnStep::stop);
    return new Outcome<>(List.copyOf(committed), List.copyOf(written), restores);
  }

  private void begin() {
    steps.clear();
    fns.clear();
    watermarks = new HashMap<>();
    committed.clear();
    written.clear();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitPrimitiveTransform(TransformHierarchy.Node node) {
            add(node);
          }
        });
  }

  private Checkpoint checkpoint(int next) {
    List<DoFnStep.Kept> kept = new ArrayList<>();
    fns.forEach(step -> kept.add(step.checkpoint()));
    return new Checkpoint(next, committed.size(), kept, new HashMap<>(watermarks));
  }

  private void restore(Checkpoint checkpoint) {
    for (int i = 0; i < fns.size(); i++) {
      fns.get(i).restore(checkpoint.steps.get(i));
    }
    watermarks = new HashMap<>(checkpoint.watermarks);
    committed.subList(checkpoint.outputs, committed.size()).clear();
  }

  private void wave(List<Timed<T>> elements, Instant watermark, Random random) throws Exception {
    flowing.clear();
    WALL_MILLIS.addAndGet(random.nextInt(2_000));
    watermarks.put(source, watermark);
    for (Timed<T> element : elements) {
      flow(
          source,
          WindowedValues.of(
              element.value, element.at, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING));
    }
    for (Step step : steps) {
      step.play(Instant.ofEpochMilli(wallMillis()), random);
    }
    for (WindowedValue<?> output : flowing.getOrDefault(sink, List.of())) {
      @SuppressWarnings("unchecked") // it flows in a collection of this type
      OutT value = (OutT) output.getValue();
      committed.add(value);
      written.add(value);
    }
  }

  private void flow(PCollection<?> into, WindowedValue<?> element) {
    flowing.computeIfAbsent(into, collection -> new ArrayList<>()).add(element);
  }

  private Instant watermark(PCollection<?> of) {
    return watermarks.getOrDefault(of, BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  private void add(TransformHierarchy.Node node) {
    PTransform<?, ?> transform = node.getTransform();
    List<PCollection<?>> inputs = List.copyOf(node.getInputs().values());
    Map<TupleTag<?>, PCollection<?>> outputs = node.getOutputs();
    if (transform instanceof ParDo.MultiOutput<?, ?> parDo) {
      steps.add(function(inputs.get(0), parDo, outputs));
    } else if (transform instanceof Window.Assign<?> assign) {
      PCollection<?> output = outputs.values().iterator().next();
      steps.add((now, random) -> assign(inputs.get(0), assign.getWindowFn(), output));
    } else if (transform instanceof Flatten.PCollections<?>) {
      PCollection<?> output = outputs.values().iterator().next();
      steps.add((now, random) -> flatten(inputs, output));
    } else if (!(transform instanceof Arriving<?>)) {
      throw new IllegalArgumentException(
          node.getFullName() + " is " + transform + ", which no stream here has yet; add it");
    }
  }

  @SuppressWarnings("unchecked") // the graph has matching types
  private <InT, O> Step function(
      PCollection<?> from,
      ParDo.MultiOutput<InT, O> parDo,
      Map<TupleTag<?>, PCollection<?>> outputs) {
    PCollection<InT> input = (PCollection<InT>) from;
    DoFnStep<InT, O> step =
        new DoFnStep<>(
            input,
            parDo,
            options,
            new WindowedValueMultiReceiver() {
              @Override
              public <X> void output(TupleTag<X> tag, WindowedValue<X> element) {
                flow(outputs.get(tag), element);
              }
            });
    fns.add(step);
    return (now, random) -> {
      Instant reached = step.play(taken(input), watermark(input), now, random);
      outputs.values().forEach(output -> watermarks.put(output, reached));
    };
  }

  /** The elements of a collection, through their coder, as between two workers. */
  @SuppressWarnings("unchecked") // what flows in a collection has its type
  private <X> List<WindowedValue<X>> taken(PCollection<X> from) throws CoderException {
    List<WindowedValue<X>> taken = new ArrayList<>();
    for (WindowedValue<?> element : flowing.getOrDefault(from, List.of())) {
      taken.add(element.withValue(CoderUtils.clone(from.getCoder(), (X) element.getValue())));
    }
    return taken;
  }

  private <X, W extends BoundedWindow> void assign(
      PCollection<?> from, WindowFn<X, W> fn, PCollection<?> into) throws Exception {
    for (WindowedValue<?> element : taken(from)) {
      @SuppressWarnings("unchecked") // the function takes what flows here
      X value = (X) element.getValue();
      BoundedWindow before = element.getWindows().iterator().next();
      Collection<W> windows =
          fn.assignWindows(
              fn.new AssignContext() {
                @Override
                public X element() {
                  return value;
                }

                @Override
                public Instant timestamp() {
                  return element.getTimestamp();
                }

                @Override
                public BoundedWindow window() {
                  return before;
                }
              });
      for (W window : windows) {
        flow(
            into,
            WindowedValues.of(value, element.getTimestamp(), List.of(window), PaneInfo.NO_FIRING));
      }
    }
    watermarks.put(into, watermark(from));
  }

  private void flatten(List<PCollection<?>> inputs, PCollection<?> into) throws CoderException {
    Instant least = BoundedWindow.TIMESTAMP_MAX_VALUE;
    for (PCollection<?> input : inputs) {
      for (WindowedValue<?> element : taken(input)) {
        flow(into, element);
      }
      least = watermark(input).isBefore(least) ? watermark(input) : least;
    }
    watermarks.put(into, least);
  }
}
