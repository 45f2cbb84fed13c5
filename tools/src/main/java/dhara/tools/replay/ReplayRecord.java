package dhara.tools.replay;

import dhara.events.DeadLetter.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A record that a replay sends.
 *
 * @param kind what it is
 * @param partition where it goes
 * @param key null for none
 * @param bytes its value
 * @param arrival when it is sent, on the event-time clock, in epoch microseconds
 * @param order breaks ties of arrival
 * @param id the event's id; empty for garbage
 * @param at the event's time, in epoch microseconds
 * @param reason why it is a dead letter; null for an event
 */
@SuppressWarnings("ArrayRecordComponent") // never compared by its content
record ReplayRecord(
    Kind kind,
    int partition,
    byte @Nullable [] key,
    byte[] bytes,
    long arrival,
    long order,
    String id,
    long at,
    @Nullable Reason reason) {

  static final Comparator<ReplayRecord> BY_ARRIVAL =
      Comparator.comparingLong(ReplayRecord::arrival).thenComparingLong(ReplayRecord::order);

  static final Comparator<ReplayRecord> BY_EVENT_TIME =
      Comparator.comparingLong(ReplayRecord::at).thenComparingLong(ReplayRecord::order);

  /** The kind of a record, for those who check a stream. */
  enum Kind {
    /** An event, for the first time. */
    EVENT,
    /** An event, for the first time, and late. */
    LATE,
    /** An event that was held back, but is not late: see {@link ReplayPlan}. */
    HELD_BACK,
    /** A planted copy. */
    DUPLICATE,
    /** A copy that the archive holds. */
    ARCHIVE_DUPLICATE,
    /** Planted garbage. */
    GARBAGE,
    /** A line of the archive that is not an event. */
    ARCHIVE_GARBAGE,
    /** The last of its partition. */
    CLOSING;

    /** Whether it came in time, so that its disorder counts. */
    boolean inTime() {
      return this == EVENT || this == DUPLICATE || this == ARCHIVE_DUPLICATE;
    }

    boolean garbage() {
      return this == GARBAGE || this == ARCHIVE_GARBAGE;
    }
  }

  /** The same record as another kind. */
  ReplayRecord as(Kind other) {
    return new ReplayRecord(other, partition, key, bytes, arrival, order, id, at, reason);
  }

  /** Event time in epoch microseconds, truncated. */
  static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
