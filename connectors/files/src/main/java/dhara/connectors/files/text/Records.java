package dhara.connectors.files.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Cuts bytes of UTF-8 into records without decoding them; how, the subclass says. Of a record
 * longer than the limit only the first bytes are kept, however long it is: the buffer never grows
 * beyond the limit and two chunks. The line break at the end of a record is left out.
 */
public abstract class Records {

  static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final int longest;
  private final int chunk;
  private byte[] buffer;

  /** What is read and not yet given: {@code buffer[from, to)}. */
  private int from;

  private int to;
  private long position;
  private long start;
  private int offset;
  private int length;
  private boolean cut;
  private boolean ended;

  /**
   * @param position where in the file the stream stands
   * @param longest bytes of a record that are kept
   * @param chunk how many bytes are asked for at once, at least
   */
  Records(InputStream in, long position, int longest, int chunk) {
    this.in = in;
    this.position = position;
    this.longest = longest;
    this.chunk = chunk;
    this.buffer = new byte[2 * chunk];
  }

  /**
   * Looks for the end of the record that starts at {@code from}, in the bytes that were not looked
   * at before.
   *
   * @return where the next bytes begin that are not this record's, or -1 where it goes on
   */
  abstract int end(byte[] bytes, int from, int scanned, int to);

  /**
   * The end of a record that is longer than what is kept, where it should end all the same.
   *
   * @return where the next bytes begin, or -1 where it goes on
   */
  int endOfTooLong(int start) {
    return -1;
  }

  /** The end of a record in which the bytes end: with them, unless the subclass knows better. */
  int endOfLast(int start, int to) {
    return to;
  }

  /** The first byte that belongs to a record, at or after {@code from}; {@code to} where none. */
  int begin(byte[] bytes, int from, int to, long at) {
    return from;
  }

  /** What is wrong where the bytes end between two records; null if nothing. */
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

  /** Moves to where a record begins; false if there is none. */
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

  /** Room for a chunk: what was given goes, and the buffer grows with a record that needs it. */
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

  /** The bytes that the record stands in; valid until the next call of {@link #next}. */
  public final byte[] bytes() {
    return buffer;
  }

  /** Where in {@link #bytes} the record starts. */
  public final int offset() {
    return offset;
  }

  /** How many bytes the record has, of those that are kept. */
  public final int length() {
    return length;
  }

  /** A copy of the record, of the bytes that are kept. */
  public final byte[] copy() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }

  /** Whether the record was longer than what is kept. */
  public final boolean cut() {
    return cut;
  }

  /** What is wrong with the record besides what it says itself; null if nothing. */
  public final @Nullable String broken() {
    return ended ? brokenOff() : null;
  }

  /** How many bytes of a record are kept. */
  final int longest() {
    return longest;
  }

  /** Where in the file the record starts. */
  public final long start() {
    return start;
  }

  /** Where in the file the next record starts, or what stands before it. */
  public final long position() {
    return position;
  }

  /** On which line of the stream the record starts, counted from 1. */
  public abstract long line();
}
