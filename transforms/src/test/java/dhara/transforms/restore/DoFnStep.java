package dhara.transforms.restore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.StepContext;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * A function of a pipeline, run by Beam's own runner of functions. Two workers take turns with the
 * bundles, so what a worker remembers outside of the state is often out of date.
 */
final class DoFnStep<InT, OutT> implements KeyState.Times {

  private static final int WORKERS = 2;

  /** State, timers and watermark of a moment. */
  record Kept(Map<ByteBuffer, KeyState> keys, Instant watermark, Instant outputWatermark) {

    Kept copy() {
      Map<ByteBuffer, KeyState> copies = new TreeMap<>();
      keys.forEach((key, state) -> copies.put(key, state.copy()));
      return new Kept(copies, watermark, outputWatermark);
    }
  }

  /** A copy of the function, with its runner. */
  private record Worker<InT, OutT>(DoFn<InT, OutT> fn, DoFnRunner<InT, OutT> runner) {}

  private final PCollection<InT> input;
  private final ParDo.MultiOutput<InT, OutT> parDo;
  private final PipelineOptions options;
  private final WindowedValueMultiReceiver out;
  private final @Nullable Coder<Object> keyCoder;
  private final List<Worker<InT, OutT>> workers = new ArrayList<>();
  private Kept kept =
      new Kept(
          new TreeMap<>(), BoundedWindow.TIMESTAMP_MIN_VALUE, BoundedWindow.TIMESTAMP_MIN_VALUE);
  private Instant processing = Instant.EPOCH;
  private @Nullable KeyState current;

  DoFnStep(
      PCollection<InT> input,
      ParDo.MultiOutput<InT, OutT> parDo,
      PipelineOptions options,
      WindowedValueMultiReceiver out) {
    this.input = input;
    this.parDo = parDo;
    this.options = options;
    this.out = out;
    this.keyCoder = DoFnSignatures.isStateful(parDo.getFn()) ? keyCoder(input) : null;
    start();
  }

  @SuppressWarnings("unchecked") // keys are only passed on
  private static Coder<Object> keyCoder(PCollection<?> input) {
    return (Coder<Object>) ((KvCoder<?, ?>) input.getCoder()).getKeyCoder();
  }

  private void start() {
    for (int i = 0; i < WORKERS; i++) {
      DoFn<InT, OutT> fn = SerializableUtils.clone(parDo.getFn());
      DoFnInvokers.tryInvokeSetupFor(fn, options);
      workers.add(
          new Worker<>(
              fn,
              DoFnRunners.simpleRunner(
                  options,
                  fn,
                  NullSideInputReader.empty(),
                  out,
                  parDo.getMainOutputTag(),
                  parDo.getAdditionalOutputTags().getAll(),
                  new Context(),
                  input.getCoder(),
                  Map.<TupleTag<?>, Coder<?>>of(),
                  input.getWindowingStrategy(),
                  DoFnSchemaInformation.create(),
                  Map.of())));
    }
  }

  /** Ends the workers. */
  void stop() {
    workers.forEach(worker -> DoFnInvokers.invokerFor(worker.fn).invokeTeardown());
    workers.clear();
  }

  /** What a checkpoint holds of it. */
  Kept checkpoint() {
    return kept.copy();
  }

  /** Other workers go on from a checkpoint. */
  void restore(Kept checkpoint) {
    stop();
    kept = checkpoint.copy();
    start();
  }

  /**
   * Processes elements in bundles of any size, then advances the watermark.
   *
   * @return the watermark of the outputs
   */
  Instant play(List<WindowedValue<InT>> elements, Instant watermark, Instant now, Random random)
      throws CoderException {
    processing = now;
    for (int next = 0; next < elements.size(); ) {
      int size = Math.min(elements.size() - next, 1 + random.nextInt(6));
      DoFnRunner<InT, OutT> runner = workers.get(random.nextInt(WORKERS)).runner;
      runner.startBundle();
      for (WindowedValue<InT> element : elements.subList(next, next + size)) {
        process(runner, element);
      }
      runner.finishBundle();
      next += size;
    }
    return keyCoder == null ? watermark : advance(watermark, random);
  }

  private void process(DoFnRunner<InT, OutT> runner, WindowedValue<InT> element)
      throws CoderException {
    if (keyCoder != null) {
      Object key = ((KV<?, ?>) element.getValue()).getKey();
      current =
          kept.keys.computeIfAbsent(
              ByteBuffer.wrap(CoderUtils.encodeToByteArray(keyCoder, key)),
              bytes -> KeyState.of(key, this, windowing().getWindowFn().windowCoder()));
    }
    runner.processElement(element);
  }

  private WindowingStrategy<?, ?> windowing() {
    return input.getWindowingStrategy();
  }

  private Instant advance(Instant watermark, Random random) {
    kept = new Kept(kept.keys, watermark, kept.outputWatermark);
    Instant least = watermark;
    for (KeyState state : kept.keys.values()) {
      current = state;
      DoFnRunner<InT, OutT> runner = workers.get(random.nextInt(WORKERS)).runner;
      for (TimerInternals.TimerData timer = state.nextDue();
          timer != null;
          timer = state.nextDue()) {
        runner.startBundle();
        runner.onTimer(
            timer.getTimerId(),
            timer.getTimerFamilyId(),
            state.getKey(),
            ((WindowNamespace<?>) timer.getNamespace()).getWindow(),
            timer.getTimestamp(),
            timer.getOutputTimestamp(),
            timer.getDomain());
        runner.finishBundle();
      }
      state.expire(watermark, windowing().getAllowedLateness());
      for (Instant hold : state.holds()) {
        least = hold.isBefore(least) ? hold : least;
      }
    }
    Instant output = least.isAfter(kept.outputWatermark) ? least : kept.outputWatermark;
    kept = new Kept(kept.keys, watermark, output);
    return output;
  }

  @Override
  public Instant inputWatermark() {
    return kept.watermark;
  }

  @Override
  public Instant outputWatermark() {
    return kept.outputWatermark;
  }

  @Override
  public Instant processing() {
    return processing;
  }

  /** The state of the current key. */
  private final class Context implements StepContext {

    @Override
    public StateInternals stateInternals() {
      return current;
    }

    @Override
    public TimerInternals timerInternals() {
      return current;
    }
  }
}
