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
 * @param arrival when it comes, on the clock of event time, in microseconds since 1970
 * @param order settles what comes at one time
 * @param id the event's id; empty where it is none
 * @param at the event's time, in microseconds since 1970
 * @param reason why it is no event; null where it is one
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

  /** What a record is, to who checks a stream. */
  enum Kind {
    /** An event, for the first time. */
    EVENT,
    /** An event, for the first time, and late. */
    LATE,
    /** An event that was held back, and is not missed: see {@link ReplayPlan}. */
    HELD_BACK,
    /** A planted copy. */
    DUPLICATE,
    /** A copy that the archive holds. */
    ARCHIVE_DUPLICATE,
    /** Planted, and no event. */
    GARBAGE,
    /** A line of the archive that is no event. */
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

  /** Event time in microseconds since 1970, what is finer cut. */
  static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
