package dhara.ledger;

import dhara.formats.JsonFormat;
import dhara.formats.RecordFields;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.transforms.tally.Tally;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Accounts for every record that an input of a run read: each leaves by exactly one exit. {@code
 * parsed} and {@code inRange} are intermediate counts, so that a ledger that does not balance shows
 * where events were lost.
 *
 * @param input the input
 * @param revision the ledger with the higher revision replaces the other; 0 in a backfill
 * @param read read from the source
 * @param aggregated handed to the analysis, and in every answer that they belong to
 * @param deadLettered dead letters
 * @param late in a stream: behind the watermark by more than the allowed lateness, and in no answer
 * @param duplicate copies of events already seen
 * @param filtered outside the requested range of event time
 * @param parsed intermediate: events, late or not, that the source output
 * @param inRange intermediate: events that are neither late nor filtered
 * @param watermark of a stream: that of its events; null before the first one, and in a backfill
 * @param settledUntil of a stream: no event changes an answer any more whose window ended by then
 */
public record Ledger(
    String input,
    long revision,
    long read,
    long aggregated,
    long deadLettered,
    long late,
    long duplicate,
    long filtered,
    long parsed,
    long inRange,
    @Nullable Instant watermark,
    @Nullable Instant settledUntil)
    implements Tally<Ledger> {

  /** A ledger that does not tell how far a stream is. */
  public Ledger(
      String input,
      long revision,
      long read,
      long aggregated,
      long deadLettered,
      long late,
      long duplicate,
      long filtered,
      long parsed,
      long inRange) {
    this(
        input,
        revision,
        read,
        aggregated,
        deadLettered,
        late,
        duplicate,
        filtered,
        parsed,
        inRange,
        null,
        null);
  }

  /**
   * Parses a written ledger, a JSON object.
   *
   * @throws IllegalArgumentException if it is not a ledger
   */
  public static Ledger read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try {
      return FORMAT.parser().parse(bytes, 0, bytes.length);
    } catch (BadEvent e) {
      throw new IllegalArgumentException("no ledger: " + json, e);
    }
  }

  private static final JsonFormat<Ledger> FORMAT = JsonFormat.of(Ledger.class, Mapping.none());

  /** An empty ledger, without an input. */
  static final Ledger ZERO = new Ledger("", 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** What a step counts. */
  public enum Entry {
    READ("read"),
    PARSED("parsed"),
    IN_RANGE("in-range"),
    AGGREGATED("aggregated"),
    DEAD_LETTERED("dead-lettered"),
    LATE("late"),
    DUPLICATE("duplicate"),
    FILTERED("filtered");

    private final String label;

    Entry(String label) {
      this.label = label;
    }

    /** The name in the printed ledger. */
    String label() {
      return label;
    }
  }

  /** A ledger with a single entry. */
  static Ledger of(String input, Entry entry, long count) {
    return new Ledger(
        input,
        0,
        entry == Entry.READ ? count : 0,
        entry == Entry.AGGREGATED ? count : 0,
        entry == Entry.DEAD_LETTERED ? count : 0,
        entry == Entry.LATE ? count : 0,
        entry == Entry.DUPLICATE ? count : 0,
        entry == Entry.FILTERED ? count : 0,
        entry == Entry.PARSED ? count : 0,
        entry == Entry.IN_RANGE ? count : 0);
  }

  /** A ledger that tells how far the events of a stream are, and counts nothing. */
  static Ledger readTo(String input, Instant watermark) {
    return new Ledger(input, 0, 0, 0, 0, 0, 0, 0, 0, 0, watermark, null);
  }

  /**
   * A ledger that tells how far the answers of a stream are, and counts nothing; what of them is
   * settled, {@link #settledBehind} tells.
   */
  static Ledger answeredTo(String input, Instant watermark) {
    return new Ledger(input, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, watermark);
  }

  /**
   * The same in which settled is, of what is answered, what no late event can change. An analysis
   * may hold back the watermark of its answers itself until late events cannot change them.
   */
  Ledger settledBehind(Duration lateness) {
    Instant unchanged = watermark == null ? null : watermark.minus(lateness);
    boolean earlier = unchanged != null && settledUntil != null && unchanged.isBefore(settledUntil);
    return with(revision, unchanged == null || earlier ? unchanged : settledUntil);
  }

  /** The count of an entry. */
  long count(Entry entry) {
    return switch (entry) {
      case READ -> read;
      case PARSED -> parsed;
      case IN_RANGE -> inRange;
      case AGGREGATED -> aggregated;
      case DEAD_LETTERED -> deadLettered;
      case LATE -> late;
      case DUPLICATE -> duplicate;
      case FILTERED -> filtered;
    };
  }

  /** The sum of two ledgers of the same input. */
  @Override
  public Ledger plus(Ledger other) {
    return new Ledger(
        input.isEmpty() ? other.input : input,
        Math.max(revision, other.revision),
        read + other.read,
        aggregated + other.aggregated,
        deadLettered + other.deadLettered,
        late + other.late,
        duplicate + other.duplicate,
        filtered + other.filtered,
        parsed + other.parsed,
        inRange + other.inRange,
        later(watermark, other.watermark),
        later(settledUntil, other.settledUntil));
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }

  /** The same with another revision. */
  Ledger withRevision(long newRevision) {
    return with(newRevision, settledUntil);
  }

  private Ledger with(long newRevision, @Nullable Instant newSettledUntil) {
    return new Ledger(
        input,
        newRevision,
        read,
        aggregated,
        deadLettered,
        late,
        duplicate,
        filtered,
        parsed,
        inRange,
        watermark,
        newSettledUntil);
  }

  /** Whether it had events, and none of them reached the analysis. */
  public boolean unused() {
    return read > 0 && aggregated == 0;
  }

  /** The written form, a JSON object. */
  public String json() {
    return new String(RecordFields.of(Ledger.class).json(this), StandardCharsets.UTF_8);
  }

  /** Whether every record that was read has left. In a running stream some are still in flight. */
  public boolean balances() {
    return leaks().isEmpty();
  }

  /** Where events were lost (or counted twice), a line for each step; empty if it balances. */
  public List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    leak(leaks, "parsing", read, deadLettered + parsed);
    leak(leaks, "the range and the late output", parsed, filtered + late + inRange);
    leak(leaks, "unique by id", inRange, duplicate + aggregated);
    return leaks;
  }

  private void leak(List<String> leaks, String step, long in, long out) {
    if (in != out) {
      leaks.add("%s: %s: %,d came in, %,d went out".formatted(input, step, in, out));
    }
  }

  /** The sum on one line: {@code orders: read 3,000 = aggregated 2,900 + …}. */
  @Override
  public String toString() {
    long missing = missing();
    String sum = "%s: read %,d = %s".formatted(input, read, exits(" + "));
    return missing == 0 ? sum : sum + ", which leaves %,d unaccounted for".formatted(missing);
  }

  /** The same while events are on their way, or were not counted yet where they came from. */
  public String soFar() {
    return missing() == 0
        ? toString()
        : "%s: so far read %,d, %s, not all counted at one moment"
            .formatted(input, read, exits(", "));
  }

  private long missing() {
    return read - aggregated - deadLettered - late - duplicate - filtered;
  }

  private String exits(String between) {
    return Stream.of(
            exit(Entry.AGGREGATED, aggregated),
            exit(Entry.DEAD_LETTERED, deadLettered),
            exit(Entry.LATE, late),
            exit(Entry.DUPLICATE, duplicate),
            exit(Entry.FILTERED, filtered))
        .collect(Collectors.joining(between));
  }

  private static String exit(Entry entry, long count) {
    return "%s %,d".formatted(entry.label, count);
  }
}
