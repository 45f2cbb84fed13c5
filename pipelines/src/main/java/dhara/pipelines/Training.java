package dhara.pipelines;

import dhara.events.Event;
import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * What the models of an analysis are trained on.
 *
 * <p>A row is an answer whose window starts at the time of the event that it is about, and each
 * column of its value is a feature: a number, or null if it is missing. A label is a finding that
 * such an event was positive; an event without a finding is negative once its finding would be
 * known.
 *
 * @param rows the output with the rows
 * @param id the column of its key that names the event that a row is about
 * @param group the column of its key that alerts are about, such as the card or the payer
 * @param labels the input with the findings, which the analysis reads as facts
 * @param about extracts from a finding the name of the event, as it is in {@code id}
 * @param delay how long after an event its finding may come
 * @param rules the features that rules compute; the first is their score, from 0 to 1. Empty if the
 *     analysis has no rules to compare a model with
 */
public record Training<L extends Record & Event>(
    Output<?, ?> rows,
    String id,
    String group,
    Input<L> labels,
    SerializableFunction<L, String> about,
    Duration delay,
    List<String> rules) {

  public Training {
    rules = List.copyOf(rules);
  }
}
