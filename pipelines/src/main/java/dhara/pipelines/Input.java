package dhara.pipelines;

import dhara.events.Event;
import java.util.stream.Stream;

/**
 * An input of an analysis: events of one type.
 *
 * @param name what {@code --events=NAME=URI} calls it
 * @param type the record that an event is parsed to
 * @param generator makes plausible events for tests, demonstrations and load
 */
public record Input<T extends Record & Event>(String name, Class<T> type, Generator<T> generator) {

  /** Makes events: a function of its seed and of nothing else. */
  @FunctionalInterface
  public interface Generator<T> {

    /** The first {@code count} events of a seed, in event-time order, each id once. */
    Stream<T> events(long seed, long count);
  }
}
