package dhara.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts bytes into lines without decoding them. A line ends with a line feed or with the bytes; a
 * carriage return at its end is dropped. Of a line longer than the limit only the first bytes are
 * kept, however long it is: the buffer never grows beyond the limit and two chunks.
 */
final class Lines {

  private static final int CHUNK = 1 << 16;

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

  /**
   * @param position where in the file the stream stands
   * @param longest bytes of a line that are kept
   */
  Lines(InputStream in, long position, int longest) {
    this(in, position, longest, CHUNK);
  }

  /** The same, with {@code chunk} as the number of bytes that are asked for at once, at least. */
  Lines(InputStream in, long position, int longest, int chunk) {
    this.in = in;
    this.position = position;
    this.longest = longest;
    this.chunk = chunk;
    this.buffer = new byte[2 * chunk];
  }

  /** Moves to the next line; false at the end. */
  boolean next() throws IOException {
    start = position;
    cut = false;
    int scanned = from;
    while (true) {
      for (int i = scanned; i < to; i++) {
        if (buffer[i] == '\n') {
          line(i, i + 1);
          return true;
        }
      }
      // One byte above the limit may still be the carriage return of a line that is not too long.
      if (to - from > longest + 1) {
        cut = true;
        position += to - from - longest;
        to = from + longest;
      }
      makeRoom();
      scanned = to;
      int read = in.read(buffer, to, buffer.length - to);
      if (read < 0) {
        if (from == to && !cut) {
          return false;
        }
        line(to, to);
        return true;
      }
      to += read;
    }
  }

  private void line(int end, int next) {
    offset = from;
    length = end - from;
    if (!cut && length > 0 && buffer[end - 1] == '\r') {
      length--;
    }
    if (length > longest) {
      length = longest;
      cut = true;
    }
    position += next - from;
    from = next;
  }

  /** Room for a chunk: what was given goes, and the buffer grows with a line that needs it. */
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

  /** The bytes that the line stands in; valid until the next call of {@link #next}. */
  byte[] bytes() {
    return buffer;
  }

  /** Where in {@link #bytes} the line starts. */
  int offset() {
    return offset;
  }

  /** How many bytes the line has, of those that are kept. */
  int length() {
    return length;
  }

  /** A copy of the line, of the bytes that are kept. */
  byte[] copy() {
    return Arrays.copyOfRange(buffer, offset, offset + length);
  }

  /** Whether the line was longer than what is kept. */
  boolean cut() {
    return cut;
  }

  /** Where in the file the line starts. */
  long start() {
    return start;
  }

  /** Where in the file the next line starts. */
  long position() {
    return position;
  }
}
