package dhara.reconcile;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What can explain that an answer differs: an event that one side did not count.
 *
 * @param kind why it did not
 * @param side whose list it stands in
 * @param id the late event's id; the dead letter's source and position
 * @param atMillis the event's time; null where it cannot be read
 * @param lastMillis of a late event that would have begun a session, the last moment of that; else
 *     the event's time again
 * @param identity what makes it one: of a dead letter its bytes, as a digest, of a late event the
 *     place where it stands; what both sides have explains nothing
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

  /** Whose list. */
  public enum Side {
    /** Of A. */
    A,
    /** Of B. */
    B,
    /** The user named it, and did not say whose it is. */
    EITHER
  }
}
