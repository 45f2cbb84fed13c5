package dhara.tools.redrive;

import dhara.events.DeadLetter;
import dhara.formats.text.BadEvent;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Makes of dead letters what can be sent again. Belongs to one thread. */
interface Mender {

  /**
   * What is sent for a dead letter.
   *
   * @param name by which the receiver of a row recognises it; empty for an event
   * @param key that of the record or the row; null for none
   * @param bytes those of the event or the row
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared by its content
  record Mended(String name, byte @Nullable [] key, byte[] bytes) {}

  /**
   * What is sent for a letter.
   *
   * @throws BadEvent if it would be dead again, with the reason
   */
  Mended of(DeadLetter letter) throws BadEvent;

  /** Refuses a letter that does not hold the whole event. */
  static void checkWhole(DeadLetter letter) throws BadEvent {
    if (letter.wholeLength() != null || letter.reason() == DeadLetter.Reason.TOO_LONG) {
      throw new BadEvent(
          DeadLetter.Reason.TOO_LONG,
          "the letter holds only its first %,d bytes; the whole is at %s %s"
              .formatted(letter.bytes().length, letter.source(), letter.position()));
    }
  }
}
