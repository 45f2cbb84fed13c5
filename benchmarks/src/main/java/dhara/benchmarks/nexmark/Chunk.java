package dhara.benchmarks.nexmark;

import java.util.List;

/**
 * Events that a source emits as one element, so that they share the cost that Beam has per element
 * of a source.
 *
 * @param events at least one, the earliest first
 */
public record Chunk(List<Event> events) {

  /** When the earliest of its events happened, epoch milliseconds. */
  long atMillis() {
    return events.get(0).atMillis();
  }
}
