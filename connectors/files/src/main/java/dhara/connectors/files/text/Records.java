package dhara.connectors.files.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Splits UTF-8 bytes into records without decoding them; the subclass defines where they end. If a
 * record is longer than the limit, only its first bytes are kept, so the buffer never grows beyond
 * the limit plus two chunks. The line break at the end of a record is left out.
 */
public abstract class Records {

  static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final int longest;
  private final int chunk;
  private byte[] buffer;

  /** The bytes that are read but not yet returned: {@code buffer[from, to)}. */
  private int from;

  private int to;
  private long position;
  private long start;
  private int offset;
  private int length;
  private boolean cut;
  private boolean ended;

  /**
   * Reads records.
   *
   * @param position the stream's position in the file
   * @param longest how many bytes of a record are kept
   * @param chunk the least number of bytes that are read at once
   */
  Records(InputStream in, long position, int longest, int chunk) {
    this.in = in;
    this.position = position;
    this.longest = longest;
    this.chunk = chunk;
    this.buffer = new byte[2 * chunk];
  }

  /**
   * Looks for the end of the record that starts at {@code from}, in the bytes that were not scanned
   * before.
   *
   * @return the position after the record, or -1 if it continues
   */
  abstract int end(byte[] bytes, int from, int scanned, int to);

  /**
   * The end of a record that is longer than the kept bytes, if the subclass ends it early.
   *
   * @return the position after the record, or -1 if it continues
   */
  int endOfTooLong(int start) {
    return -1;
  }

  /** The end of the last record: the end of the bytes, unless the subclass decides otherwise. */
  int endOfLast(int start, int to) {
    return to;
  }

  /**
   * The first byte at or after {@code from} that belongs to a record; {@code to} if there is none.
   */
  int begin(byte[] bytes, int from, int to, long at) {
    return from;
  }

  /** The error if the bytes end between two records; null if there is none. */
  @Nullable String brokenOff() {
    return null;
  }

  /** Moves to the next record; false at the end. */
  public final boolean next() throws IOException {
    cut = false;
    if (!moved()) {
      start = position;
      offset = from;
      length = 0;
      boolean again = ended;
      ended = true;
      return !again && brokenOff() != null;
    }
    start = position;
    int scanned = from;
    while (true) {
      int end = end(buffer, from, scanned, to);
      if (end >= 0) {
        record(end);
        return true;
      }
      // One byte above the limit may still be the carriage return of a line that is not too long.
      if (to - from > longest + 1) {
        end = endOfTooLong(from);
        if (end >= 0) {
          record(end);
          return true;
        }
        cut = true;
        position += to - from - longest;
        to = from + longest;
      }
      scanned = to;
      int before = from;
      if (!filled()) {
        record(endOfLast(from, to));
        return true;
      }
      scanned += from - before;
    }
  }

  /** Moves to the beginning of a record; false if there is none. */
  private boolean moved() throws IOException {
    while (true) {
      int begin = begin(buffer, from, to, position);
      position += begin - from;
      from = begin;
      if (from < to) {
        return true;
      }
      if (!filled()) {
        return false;
      }
    }
  }

  private boolean filled() throws IOException {
    makeRoom();
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      return false;
    }
    to += read;
    return true;
  }

  private void record(int next) {
    int end = next;
    if (!cut) {
      if (end > from && buffer[end - 1] == '\n') {
        end--;
      }
      if (end > from && buffer[end - 1] == '\r') {
        end--;
      }
    } else if (end > from && buffer[end - 1] == '\n') {
      end--;
    }
    offset = from;
    length = end - from;
    if (length > longest) {
      length = longest;
      cut = true;
    }
    position += next - from;
    from = next;
  }

  /**
   * Makes room for a chunk: returned bytes are dropped, and the buffer grows if a record needs it.
   */
  private void makeRoom() {
    if (buffer.length - to >= chunk) {
      return;
    }
    byte[] roomy = buffer;
    if (buffer.length - (to - from) < chunk) {
      long needed = Math.min(2L * buffer.length, longest + 2L * chunk);
      roomy = new byte[Math.toIntExact(Math.max(needed, to - from + (long) chunk))];
    }
    System.arraycopy(buffer, from, roomy, 0, to - from);
    buffer = roomy;
    to -= from;
    from = 0;
  }

  /** The array that contains the record; valid until the next call of {@link #next}. */
  public final byte[] bytes() {
    return buffer;
  }

  /** The start of the record in {@link #bytes}. */
  public final int offset() {
    return offset;
  }

  /** The number of kept bytes of the record. */
  public final int length() {
    return length;
  }

  /** A copy of the kept bytes of the record. */
  public final byte[] copy() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }

  /** Whether the record was longer than its kept bytes. */
  public final boolean cut() {
    return cut;
  }

  /** An error of the record that its bytes do not show; null if there is none. */
  public final @Nullable String broken() {
    return ended ? brokenOff() : null;
  }

  /** How many bytes of a record are kept at most. */
  final int longest() {
    return longest;
  }

  /** The position of the record in the file. */
  public final long start() {
    return start;
  }

  /** The position after the record in the file. */
  public final long position() {
    return position;
  }

  /** The line of the stream on which the record starts, counted from 1. */
  public abstract long line();
}
