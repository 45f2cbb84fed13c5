package dhara.benchmarks.backfill;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** The lines of a file as bytes, in one buffer. */
final class LineReader implements Closeable {

  private static final int BUFFER = 1 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;
  private int read;
  private int length;

  LineReader(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw, BUFFER) : raw;
  }

  /** Goes on to the next line; false at the end. */
  boolean next() throws IOException {
    from = read;
    int search = from;
    while (true) {
      for (; search < to; search++) {
        if (buffer[search] == '\n') {
          read = search + 1;
          length = search - from;
          return true;
        }
      }
      int scanned = search - from;
      if (!fill()) {
        length = to - from;
        read = to;
        return length > 0;
      }
      search = from + scanned;
    }
  }

  /** Reads more behind what is left, which moves to the front. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    if (to == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * to);
    }
    int more = in.read(buffer, to, buffer.length - to);
    to += Math.max(0, more);
    return more >= 0;
  }

  /** The bytes, of which the line is a part. */
  byte[] bytes() {
    return buffer;
  }

  /** Where the line begins. */
  int offset() {
    return from;
  }

  /** How many bytes the line has. */
  int length() {
    return length;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
