package dhara.connectors;

import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * Which event times can be true. What lies outside is a dead letter before any watermark sees it.
 *
 * @param notBefore the floor: an event before it is too old
 * @param maxSkew how far an event may lie in the future of the moment it was logged
 */
public record TimeBounds(Instant notBefore, Duration maxSkew) implements Serializable {

  /**
   * Refuses an event time that cannot be true.
   *
   * @param at the event time
   * @param loggedMillis when the event was logged, epoch milliseconds: for a Kafka record the
   *     smaller of its timestamp and now, for a file the start of the run
   */
  public void check(Instant at, long loggedMillis) throws BadEvent {
    if (at.isBefore(notBefore)) {
      throw new BadEvent(Reason.TOO_OLD, "at " + at + " is before " + notBefore);
    }
    if (at.isAfter(Instant.ofEpochMilli(loggedMillis).plus(maxSkew))) {
      throw new BadEvent(
          Reason.IN_THE_FUTURE,
          "at "
              + at
              + " is more than "
              + maxSkew
              + " after it was logged, at "
              + Instant.ofEpochMilli(loggedMillis));
    }
  }
}
