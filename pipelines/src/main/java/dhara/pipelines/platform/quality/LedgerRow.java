package dhara.pipelines.platform.quality;

import dhara.events.Event;
import java.time.Instant;
import java.util.stream.LongStream;

/**
 * The ledger of an input of a run so far, as the run writes it.
 *
 * @param id identity; of two ledgers at one time, the one with the greater id is the later one
 * @param at when it was written; a stream's revision is about that in epoch microseconds
 * @param input the input; here, the source that is judged
 * @param read records read since the run began
 * @param deadLettered those of them that are no events
 * @param late those that came too late
 * @param duplicate those that were seen before
 */
public record LedgerRow(
    String id, Instant at, String input, long read, long deadLettered, long late, long duplicate)
    implements Event {

  public LedgerRow {
    if (LongStream.of(read, deadLettered, late, duplicate).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "a ledger counts, but has read %d, dead-lettered %d, late %d, duplicate %d"
              .formatted(read, deadLettered, late, duplicate));
    }
  }
}
