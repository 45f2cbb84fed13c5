package dhara.benchmarks.nexmark;

import java.util.List;

/**
 * Events that a source hands over at once: what Beam does for each element of a source then costs
 * once for all of them.
 *
 * @param events at least one, the earliest first
 */
public record Chunk(List<Event> events) {

  /** When the earliest of its events happened, epoch milliseconds. */
  long atMillis() {
    return events.get(0).atMillis();
  }
}
