package dhara.ledger;

import dhara.connectors.RowFormat;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.transforms.overload.ShedCount;
import dhara.transforms.tally.Tally;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Accounts for the answers of an output of a stream that sheds some of them when it is overloaded.
 * Those that are not shed are written. It counts answers and not keys: an answer that is shed may
 * be replaced by a later one that is written. What is not replaced, a backfill of the windows from
 * {@code shedFrom} until {@code shedUntil} repairs.
 *
 * @param output the output
 * @param revision the row with the higher revision replaces the other
 * @param given answers, first ones and revisions, that the analysis gave
 * @param shed those of them that were not written
 * @param shedFrom the earliest start of a window with one that was shed; null if none was
 * @param shedUntil the latest end of such a window; null if none was
 */
public record ShedLedger(
    String output,
    long revision,
    long given,
    long shed,
    @Nullable Instant shedFrom,
    @Nullable Instant shedUntil)
    implements Tally<ShedLedger> {

  /** Nothing, of no output. */
  static final ShedLedger ZERO = new ShedLedger("", 0, 0, 0, null, null);

  private static final JsonFormat<ShedLedger> FORMAT =
      JsonFormat.of(ShedLedger.class, Mapping.none());

  /** The key: the output. */
  private record OutputKey(String output) {}

  /** The columns, keyed by {@code output}. */
  public static RowFormat<ShedLedger> rows() {
    return RowFormat.upserts(
        List.of(ShedLedger.class),
        row -> List.of(row),
        List.of(OutputKey.class),
        row -> List.of(new OutputKey(row.output())));
  }

  /**
   * Parses a written row, a JSON object.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ShedLedger read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try {
      return FORMAT.parser().parse(bytes, 0, bytes.length);
    } catch (BadEvent e) {
      throw new IllegalArgumentException("no ledger of an output: " + json, e);
    }
  }

  /** The counts of a bundle of an output. */
  static ShedLedger of(String output, ShedCount count) {
    return new ShedLedger(output, 0, count.given(), count.shed(), count.from(), count.until());
  }

  /** The same with another revision. */
  ShedLedger withRevision(long newRevision) {
    return new ShedLedger(output, newRevision, given, shed, shedFrom, shedUntil);
  }

  /** The sum of two of the same output. */
  @Override
  public ShedLedger plus(ShedLedger other) {
    return new ShedLedger(
        output.isEmpty() ? other.output : output,
        Math.max(revision, other.revision),
        given + other.given,
        shed + other.shed,
        earlier(shedFrom, other.shedFrom),
        later(shedUntil, other.shedUntil));
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }
}
