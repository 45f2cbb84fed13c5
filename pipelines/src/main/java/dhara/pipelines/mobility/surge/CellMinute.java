package dhara.pipelines.mobility.surge;

import dhara.events.Event;
import dhara.pipelines.mobility.surge.SurgePricing.Cell;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;

/**
 * What is in a cell and around it in the window that ends with a minute, as an event at its last
 * millisecond.
 *
 * @param id of no meaning: minutes of a cell end at different times
 */
record CellMinute(String id, Instant at, Cell cell, CellSums sums) implements Event {

  static CellMinute of(Answer<Cell, CellSums> answer) {
    return new CellMinute("", answer.end().minusMillis(1), answer.key(), answer.value());
  }
}
