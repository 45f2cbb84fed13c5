package dhara.tools.calibrate;

import dhara.events.Event;
import dhara.lint.Fingerprint;
import dhara.options.Bounds;
import dhara.options.DharaOptions;
import dhara.pipelines.Analysis;
import dhara.pipelines.Flow;
import dhara.pipelines.Input;
import dhara.pipelines.Output;
import dhara.records.RecordCoder;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.join.Version;
import dhara.transforms.windows.Lateness;
import dhara.transforms.windows.Windows;
import java.time.Duration;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;

/**
 * The stream of an analysis as its graph shows it, without a source.
 *
 * @param inputs how many inputs it reads
 * @param statefulSteps how many of its own steps keep state, without those that read, deduplicate
 *     and write
 * @param horizon how long after its time an event can still come; the longest of all inputs of
 *     facts
 */
public record StreamShape(int inputs, int statefulSteps, Duration horizon) {

  /** The score of an analysis that has ten steps with state. */
  private static final double MOST_STEPS = 10;

  /** A second input weighs as much as two steps: its events wait for those of the first. */
  private static final int STEPS_OF_INPUT = 2;

  /**
   * Builds the stream of an analysis.
   *
   * @param options of the analysis, with the runner of the engine
   * @throws dhara.options.BadOption if the options contradict each other
   */
  public static <O extends DharaOptions> StreamShape of(Analysis<O> analysis, O options) {
    Bounds.check(options, analysis.options());
    SourcelessFlow flow = new SourcelessFlow(Pipeline.create(options));
    analysis.build(flow, options);
    return new StreamShape(
        analysis.inputs().size(),
        Fingerprint.of(analysis.name(), flow.pipeline).steps().size(),
        flow.horizon);
  }

  /**
   * How complex it is, from 0 to 1: {@code min(1, (steps with state + 2 · (inputs − 1)) / 10)}. Ten
   * is about what the analyses with most steps have.
   */
  public double complexity() {
    return Math.min(1, (statefulSteps + STEPS_OF_INPUT * (inputs - 1)) / MOST_STEPS);
  }

  /** Gives endless inputs without events, and drops answers. */
  private static final class SourcelessFlow implements Flow {

    private final Pipeline pipeline;
    private Duration horizon = Duration.ZERO;

    SourcelessFlow(Pipeline pipeline) {
      this.pipeline = pipeline;
    }

    @Override
    public <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows) {
      Duration own = Lateness.of(windows).horizon();
      horizon = own.compareTo(horizon) > 0 ? own : horizon;
      return endless(input, RecordCoder.of(input.type()));
    }

    @Override
    public <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows) {
      return AsOf.of(
          endless(input, Version.coder(RecordCoder.of(input.type()))),
          Lateness.of(windows).horizon());
    }

    private <T> PCollection<T> endless(Input<?> input, Coder<T> coder) {
      return pipeline
          .apply(input.name(), Create.empty(coder))
          .setIsBoundedInternal(IsBounded.UNBOUNDED);
    }

    @Override
    public <K extends Record, V extends Record> void answers(
        Output<K, V> output, PCollection<Answer<K, V>> answers) {
      // Sinks are the same for every analysis.
    }
  }
}
