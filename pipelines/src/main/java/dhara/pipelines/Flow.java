package dhara.pipelines;

import dhara.events.Event;
import dhara.transforms.aggregate.Answer;
import dhara.transforms.windows.Windows;
import org.apache.beam.sdk.values.PCollection;

/** What surrounds an analysis: gives it its events, and takes its answers. */
public interface Flow {

  /**
   * The events of an input: parsed, stamped, within the range, each once.
   *
   * @param windows every window that the events will be put in: a copy of an event is recognised
   *     for as long as one of them can still use it
   */
  <T extends Record & Event> PCollection<T> events(Input<T> input, Windows... windows);

  /** Takes an output's answers. */
  <K extends Record, V extends Record> void answers(
      Output<K, V> output, PCollection<Answer<K, V>> answers);
}
