package dhara.engine;

import dhara.ledger.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * @param countsOnly whether the engine tells counts only, so that watermark and checkpoint are not
 *     empty for now but unknown
 */
public record Vitals(
    List<Ledger> ledgers,
    long read,
    long dead,
    long late,
    OptionalLong lag,
    Optional<Instant> watermark,
    long answers,
    Optional<Instant> checkpoint,
    boolean countsOnly) {

  public Vitals {
    ledgers = List.copyOf(ledgers);
  }

  /**
   * The ledgers of inputs.
   *
   * @param inputs the counts of each input by their labels; one that is missing is 0
   */
  public static List<Ledger> ledgers(Map<String, Map<String, Long>> inputs) {
    List<Ledger> ledgers = new ArrayList<>();
    inputs.forEach((input, entries) -> ledgers.add(ledger(input, entries)));
    return ledgers;
  }

  private static Ledger ledger(String input, Map<String, Long> entries) {
    return new Ledger(
        input,
        0,
        entries.getOrDefault("read", 0L),
        entries.getOrDefault("aggregated", 0L),
        entries.getOrDefault("dead-lettered", 0L),
        entries.getOrDefault("late", 0L),
        entries.getOrDefault("duplicate", 0L),
        entries.getOrDefault("filtered", 0L),
        entries.getOrDefault("parsed", 0L),
        entries.getOrDefault("in-range", 0L));
  }
}
