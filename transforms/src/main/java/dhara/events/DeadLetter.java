package dhara.events;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Bytes that are no event, kept whole, so that they can be read again after a fix. Where they are
 * too long to be kept whole, the dead letter says so, and its source and position say where all of
 * them are.
 *
 * <p>A dead letter may stand for several records: equal ones of one source are summed up after the
 * first few. It then says how many there are and from where to where they stand; the records there
 * that are not among them have other bytes, so that each can still be found and read again.
 *
 * @param input the input of the analysis that read them
 * @param reason why they are no event
 * @param text the reason in words, with the field and the value
 * @param source where they came from: a file's URI, or {@code kafka://topic}
 * @param position where they stand there: {@code byte=1234}, or {@code partition=3 offset=77}
 * @param seenAt when they were read, to the microsecond (wall clock; never part of an answer)
 * @param bytes the original bytes; of what is too long, the first of them
 * @param records how many records with these bytes it stands for; null for one
 * @param lastPosition where the last of them stands, {@code position} is then where the first does;
 *     null where it stands for one
 * @param wholeLength how many bytes there were, where not all of them are kept; null where they are
 * @param wholeSha256 the SHA-256 of all of them, in hexadecimal; null where all are kept, and where
 *     a file's line was not read whole
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode compare the content
public record DeadLetter(
    String input,
    Reason reason,
    String text,
    String source,
    String position,
    Instant seenAt,
    byte[] bytes,
    @Nullable Long records,
    @Nullable String lastPosition,
    @Nullable Long wholeLength,
    @Nullable String wholeSha256) {

  /** Of one record, with all of its bytes. */
  public DeadLetter(
      String input,
      Reason reason,
      String text,
      String source,
      String position,
      Instant seenAt,
      byte[] bytes) {
    this(input, reason, text, source, position, seenAt, bytes, null, null, null, null);
  }

  /** The same for several records: this one is the first of so many, the last stands there. */
  public DeadLetter andOthers(long allRecords, String last) {
    return new DeadLetter(
        input,
        reason,
        text,
        source,
        position,
        seenAt,
        bytes,
        allRecords,
        last,
        wholeLength,
        wholeSha256);
  }

  /** How many records it stands for. */
  public long count() {
    return records == null ? 1 : records;
  }

  /**
   * The same with fewer bytes.
   *
   * @param first the first of the bytes
   * @param textLength how many characters of the reason are kept
   */
  public DeadLetter cut(byte[] first, int textLength) {
    String shorter = text.length() > textLength ? text.substring(0, textLength) + "…" : text;
    boolean whole = wholeLength == null && reason != Reason.TOO_LONG;
    return new DeadLetter(
        input,
        reason,
        shorter,
        source,
        position,
        seenAt,
        first,
        records,
        lastPosition,
        whole ? Long.valueOf(bytes.length) : wholeLength,
        whole ? sha256(bytes) : wholeSha256);
  }

  /** The SHA-256 of bytes, in hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

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
    IN_THE_FUTURE,
    /** No event but an answer, which is longer than a record of its topic may be. */
    ANSWER_TOO_LONG
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
        && Arrays.equals(bytes, d.bytes)
        && Objects.equals(records, d.records)
        && Objects.equals(lastPosition, d.lastPosition)
        && Objects.equals(wholeLength, d.wholeLength)
        && Objects.equals(wholeSha256, d.wholeSha256);
  }

  @Override
  public int hashCode() {
    return Objects.hash(input, reason, source, position, Arrays.hashCode(bytes));
  }
}
