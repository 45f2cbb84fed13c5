package dhara.engine;

import dhara.ledger.Ledger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of a running stream.
 *
 * @param ledgers the newest of each input, counted since the stream was first started
 * @param read records read so far; ahead of the ledgers, which come every few seconds
 * @param dead how many of them were dead letters
 * @param late how many came too late
 * @param lag an estimate of the records that wait to be read; empty if it is unknown
 * @param watermark the least of its sources; empty before the first
 * @param answers given at or after the end of their windows, since this start
 * @param checkpoint when the latest checkpoint was completed; empty before the first
 */
public record Vitals(
    List<Ledger> ledgers,
    long read,
    long dead,
    long late,
    OptionalLong lag,
    Optional<Instant> watermark,
    long answers,
    Optional<Instant> checkpoint) {

  public Vitals {
    ledgers = List.copyOf(ledgers);
  }
}
