package dhara.connectors.files.text;

import java.io.InputStream;

/**
 * Lines, each ended by a line feed or by the end of the bytes; a carriage return before it is
 * dropped.
 */
public final class Lines extends Records {

  private long lines;

  /**
   * Reads lines.
   *
   * @param position the stream's position in the file
   * @param longest how many bytes of a line are kept
   */
  public Lines(InputStream in, long position, int longest) {
    this(in, position, longest, CHUNK);
  }

  /** The same, reading at least {@code chunk} bytes at once. */
  Lines(InputStream in, long position, int longest, int chunk) {
    super(in, position, longest, chunk);
  }

  @Override
  int end(byte[] bytes, int from, int scanned, int to) {
    for (int i = scanned; i < to; i++) {
      if (bytes[i] == '\n') {
        lines++;
        return i + 1;
      }
    }
    return -1;
  }

  @Override
  int endOfLast(int start, int to) {
    lines++;
    return to;
  }

  @Override
  public long line() {
    return lines;
  }
}
