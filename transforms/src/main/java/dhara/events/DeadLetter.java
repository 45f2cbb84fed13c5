package dhara.events;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Bytes that are not a valid event, kept so that they can be read again after a fix. If they are
 * too long to be kept, the dead letter says so, and its source and position tell where the whole
 * is.
 *
 * <p>A dead letter may stand for several records, because equal ones of one source are merged after
 * the first hundred. It then has their number and the positions of the first and the last. Other
 * records between these positions have other bytes, so each can still be found and read again.
 *
 * @param input the input of the analysis that read them
 * @param reason why they are not an event
 * @param text the reason in words, with the field and the value
 * @param source where they came from: a file's URI, or {@code kafka://topic}
 * @param position their position there: {@code byte=1234}, or {@code partition=3 offset=77}
 * @param seenAt when they were read, to the microsecond (wall clock; never part of an answer)
 * @param bytes the original bytes; only the first ones if there are too many
 * @param records how many records with these bytes it stands for; null for one
 * @param lastPosition the position of the last of them, {@code position} is then that of the first;
 *     null for one
 * @param wholeLength the length of the whole, if not all bytes are kept; otherwise null
 * @param wholeSha256 the SHA-256 of the whole, in hexadecimal; null if all bytes are kept, or if a
 *     file's line was not read completely
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

  /** A dead letter for one record, with all of its bytes. */
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

  /** The same for several records: this one is the first, and the last is at that position. */
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

  /** The same with another reason in words, and other bytes. */
  public DeadLetter with(String newText, byte[] newBytes) {
    return new DeadLetter(
        input,
        reason,
        newText,
        source,
        position,
        seenAt,
        newBytes,
        records,
        lastPosition,
        wholeLength,
        wholeSha256);
  }

  /** The number of records that it stands for. */
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

  /** Why bytes are not an event: a closed set, whose names are stable in outputs. */
  public enum Reason {
    /** Not the format at all: broken JSON, or a CSV line with a wrong number of columns. */
    MALFORMED,
    /** Only white space. */
    EMPTY,
    /** Not UTF-8. */
    NOT_UTF8,
    /** Longer than {@code --maxEventBytes}. */
    TOO_LONG,
    /** A required field is missing, null or empty. */
    MISSING_FIELD,
    /** A field that cannot be read as its type: text for a number, NaN, an invalid date. */
    WRONG_TYPE,
    /** A number that the component cannot hold without loss: an overflow, or too many decimals. */
    OUT_OF_RANGE,
    /** Well-formed, but it cannot have happened: a negative price. */
    INVALID,
    /** Event time before {@code --notBefore}. */
    TOO_OLD,
    /** Event time beyond {@code --maxSkew} in the future. */
    IN_THE_FUTURE,
    /** Not an event but an answer that is longer than its topic allows. */
    ANSWER_TOO_LONG,
    /** Not an event but a row that another system did not take. */
    UNDELIVERED
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
