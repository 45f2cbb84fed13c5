package dhara.connectors;

import dhara.events.Event;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.options.BadOption;
import dhara.records.RecordCoder;
import org.apache.beam.sdk.coders.Coder;

/**
 * What a source should read.
 *
 * @param input the input's name, for dead letters and steps
 * @param type the record of an event
 * @param mapping how fields become its components
 * @param bounds the range of plausible event times
 * @param maxEventBytes the longest event
 */
public record Reading<T extends Record & Event>(
    String input, Class<T> type, Mapping mapping, TimeBounds bounds, int maxEventBytes) {

  /**
   * How a JSON record becomes an event.
   *
   * @throws BadOption when the mapping does not fit the event
   */
  public Decoding<T> json() {
    try {
      return new Decoding<>(input, JsonFormat.of(type, mapping), bounds, maxEventBytes);
    } catch (IllegalArgumentException e) {
      throw new BadOption("--map", mapping, e.getMessage(), e);
    }
  }

  /** Encodes events. */
  public Coder<T> coder() {
    return RecordCoder.of(type);
  }
}
