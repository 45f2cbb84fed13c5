package dhara.connectors;

import dhara.events.DeadLetter.Reason;
import dhara.formats.text.BadEvent;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * The range of plausible event times. An event outside of it is a dead letter, before it can move a
 * watermark.
 *
 * @param notBefore the floor: an event before it is too old
 * @param maxSkew how far the event time may be ahead of the time when the event was logged
 */
public record TimeBounds(Instant notBefore, Duration maxSkew) implements Serializable {

  /**
   * Refuses an implausible event time.
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
