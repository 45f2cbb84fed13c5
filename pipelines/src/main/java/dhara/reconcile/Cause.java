package dhara.reconcile;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A possible reason for a difference: an event that one side did not count.
 *
 * @param kind why it was not counted
 * @param side the side that lists it
 * @param id the late event's id; the dead letter's source and position
 * @param atMillis the event's time; null if it cannot be read
 * @param lastMillis for a late event that would have begun a session, the last moment of that
 *     session; otherwise the event's time again
 * @param identity its identity: for a dead letter a digest of its bytes, for a late event its
 *     position; a cause on both sides explains nothing
 */
public record Cause(
    Kind kind, Side side, String id, @Nullable Long atMillis, long lastMillis, String identity) {

  /** Why an answer may differ. */
  public enum Kind {
    /** Nothing explains it. */
    NONE,
    /** An event came too late. */
    LATE,
    /** Its bytes could not be read. */
    DEAD_LETTER
  }

  /** The side that lists it. */
  public enum Side {
    /** A lists it. */
    A,
    /** B lists it. */
    B,
    /** The user named the list without a side. */
    EITHER
  }
}
