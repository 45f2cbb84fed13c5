package dhara.events;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * Bytes that are no event, kept whole, so that they can be read again after a fix.
 *
 * @param input the input of the analysis that read them
 * @param reason why they are no event
 * @param text the reason in words, with the field and the value
 * @param source where they came from: a file's URI, or {@code kafka://topic}
 * @param position where they stand there: {@code byte=1234}, or {@code partition=3 offset=77}
 * @param seenAt when they were read, to the microsecond (wall clock; never part of an answer)
 * @param bytes the original bytes; of an event longer than the limit, the first of them
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content
public record DeadLetter(
    String input,
    Reason reason,
    String text,
    String source,
    String position,
    Instant seenAt,
    byte[] bytes) {

  /** Why bytes are no event: a closed set, stable in what is written. */
  public enum Reason {
    /** Not the format at all: broken JSON, a CSV line with other columns. */
    MALFORMED,
    /** Nothing but white space. */
    EMPTY,
    /** Not UTF-8. */
    NOT_UTF8,
    /** Longer than {@code --maxEventBytes}. */
    TOO_LONG,
    /** A field that must be there is missing, null or empty. */
    MISSING_FIELD,
    /** A field that cannot be read as what it should be: text for a number, NaN, no date. */
    WRONG_TYPE,
    /** A number that the field cannot hold without loss: overflow, more decimals than its unit. */
    OUT_OF_RANGE,
    /** Well-formed, but it cannot have happened: a negative price. */
    INVALID,
    /** Event time before {@code --notBefore}. */
    TOO_OLD,
    /** Event time beyond {@code --maxSkew} in the future. */
    IN_THE_FUTURE
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DeadLetter d
        && input.equals(d.input)
        && reason == d.reason
        && text.equals(d.text)
        && source.equals(d.source)
        && position.equals(d.position)
        && seenAt.equals(d.seenAt)
        && Arrays.equals(bytes, d.bytes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(input, reason, source, position, Arrays.hashCode(bytes));
  }
}
