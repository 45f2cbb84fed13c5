package dhara.pipelines.mobility.surge;

import dhara.events.Event;
import dhara.pipelines.mobility.surge.SurgePricing.Cell;
import dhara.transforms.aggregate.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What counts for a cell of a settled window, as an event at its last millisecond: its own requests
 * or one of its drivers, or those of a neighbour.
 *
 * @param id of no meaning: counts add up in any order
 */
record CellCounts(String id, Instant at, Cell cell, CellSums sums) implements Event {

  /** Requests count in their cell, and in the cells around it as near ones. */
  static List<CellCounts> ofRequests(Answer<Cell, SurgePricing.Waiting> waiting) {
    long requests = waiting.value().requests();
    return around(
        waiting.end(),
        waiting.key(),
        new CellSums(requests, 0, 0, 0),
        new CellSums(0, 0, requests, 0));
  }

  /** So does a driver. */
  static List<CellCounts> ofDriver(Answer<SurgePricing.Driver, Cell> driver) {
    return around(driver.end(), driver.value(), new CellSums(0, 1, 0, 0), new CellSums(0, 0, 0, 1));
  }

  private static List<CellCounts> around(Instant end, Cell cell, CellSums in, CellSums near) {
    Instant at = end.minusMillis(1);
    List<CellCounts> counts = new ArrayList<>();
    counts.add(new CellCounts("", at, cell, in));
    for (String neighbour : cell.neighbours()) {
      counts.add(new CellCounts("", at, new Cell(neighbour), near));
    }
    return counts;
  }
}
