package dhara.pipelines;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.join.AsOf;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.values.PCollection;

/** The surroundings of an analysis: supplies its events, and takes its answers. */
public interface Flow {

  /**
   * The events of an input: parsed, stamped, within the range, each once.
   *
   * @param windows all windows that the events will be put in: a copy of an event is recognised as
   *     long as one of them can still use it
   */
  <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows);

  /**
   * A reference input, to be joined with facts as of their event time. It is read from its
   * beginning, whatever the range of the facts.
   *
   * <pre>{@code
   * flow.events(ACTIVITIES, windows)
   *     .apply("Weigh",
   *         flow.reference(WEIGHTS, windows)
   *             .keyedBy(Activity::kind)
   *             .into(Weighed.class, (activity, weight) -> …))
   * }</pre>
   *
   * @param windows the windows of the facts: the reference is kept as long as one of them can still
   *     use a fact
   */
  <T extends Record & Event> AsOf<T> reference(Input<T> input, Windows... windows);

  /**
   * Whether the run has a source of an input, so that an analysis can leave out what it would only
   * do with its events. Of an input that may not be left out it is true.
   */
  default boolean reads(Input<?> input) {
    return true;
  }

  /** Whether {@code --answers=NAME=URI} names an output, so that an optional one is asked for. */
  default boolean wants(Output<?, ?> output) {
    return true;
  }

  /** Takes an output's answers. */
  <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers);
}
