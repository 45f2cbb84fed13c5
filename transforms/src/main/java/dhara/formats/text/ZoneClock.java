package dhara.formats.text;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * Converts local times of a zone to instants. As in {@link ZonedDateTime}, a time that occurs twice
 * is the earlier one, and a skipped time is moved forward by the length of the gap. The offset is
 * cached for its period of validity, so events of one season look it up once.
 *
 * <p><b>Speed</b> ({@code TextBenchmark}): 1 ns for a time of the same season as the one before,
 * where {@code LocalDateTime.atZone} takes 67 ns.
 */
public final class ZoneClock {

  private static final long MICROS = 1_000_000;

  private final ZoneRules rules;
  private final ZoneId zone;

  /** The range of local seconds (inclusive, exclusive) for which the cached offset is valid. */
  private long from = 1;

  private long until;
  private long offsetMicros;

  public ZoneClock(ZoneId zone) {
    this.zone = zone;
    this.rules = zone.getRules();
  }

  /** Microseconds since the epoch of a local time, given as if it were UTC. */
  public long toMicros(long localMicros) {
    long second = Math.floorDiv(localMicros, MICROS);
    if (second < from || second >= until) {
      look(second);
    }
    return localMicros - offsetMicros;
  }

  /** Finds the offset, and the period around it without a clock change. */
  private void look(long second) {
    LocalDateTime local = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    Instant at = ZonedDateTime.of(local, zone).toInstant();
    ZoneOffsetTransition change = rules.getTransition(local);
    // In a gap or an overlap the offset before the change applies, as in java.time.
    offsetMicros = (second - at.getEpochSecond()) * MICROS;
    if (change != null) {
      from = second;
      until = second + 1;
      return;
    }
    ZoneOffsetTransition before = rules.previousTransition(at.plusSeconds(1));
    ZoneOffsetTransition after = rules.nextTransition(at);
    from = before == null ? Long.MIN_VALUE : later(before);
    until = after == null ? Long.MAX_VALUE : earlier(after);
  }

  private static long later(ZoneOffsetTransition change) {
    return Math.max(local(change.getDateTimeBefore()), local(change.getDateTimeAfter()));
  }

  private static long earlier(ZoneOffsetTransition change) {
    return Math.min(local(change.getDateTimeBefore()), local(change.getDateTimeAfter()));
  }

  private static long local(LocalDateTime time) {
    return time.toEpochSecond(ZoneOffset.UTC);
  }
}
