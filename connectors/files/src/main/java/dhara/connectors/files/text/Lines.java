package dhara.connectors.files.text;

import java.io.InputStream;

/** Lines: one ends with a line feed or with the bytes; a carriage return at its end is dropped. */
public final class Lines extends Records {

  private long lines;

  /**
   * @param position where in the file the stream stands
   * @param longest bytes of a line that are kept
   */
  public Lines(InputStream in, long position, int longest) {
    this(in, position, longest, CHUNK);
  }

  /** The same, with {@code chunk} as the number of bytes that are asked for at once, at least. */
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
