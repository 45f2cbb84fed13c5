package dhara.benchmarks.backfill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads order lines for Flink's FileSource, in segments of a file: Flink's own format of text lines
 * reads a file in one piece, with one worker. A segment has the lines that begin in it; one that
 * begins at its very end too, because the next segment skips its first line.
 */
final class OrderFormat implements StreamFormat<Bought> {

  private static final long serialVersionUID = 1L;

  private static final int BUFFER = 1 << 16;
  private static final byte[] HEADER = OrderText.HEADER.getBytes(StandardCharsets.UTF_8);

  private final boolean json;
  private final boolean splittable;

  /**
   * @param splittable whether files are read in segments; not if they are compressed
   */
  OrderFormat(boolean json, boolean splittable) {
    this.json = json;
    this.splittable = splittable;
  }

  @Override
  public Reader<Bought> createReader(
      Configuration configuration, FSDataInputStream stream, long fileLength, long end)
      throws IOException {
    return new Lines(
        new OrderParser(json), stream, splittable ? stream.getPos() : 0, splittable ? end : -1);
  }

  @Override
  public Reader<Bought> restoreReader(
      Configuration configuration, FSDataInputStream stream, long offset, long length, long end) {
    throw new UnsupportedOperationException("a batch takes no checkpoints");
  }

  @Override
  public boolean isSplittable() {
    return splittable;
  }

  @Override
  public TypeInformation<Bought> getProducedType() {
    return TypeInformation.of(Bought.class);
  }

  private static final class Lines implements Reader<Bought> {

    private final OrderParser parser;
    private final FSDataInputStream stream;
    private final long end;
    private byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    /** Where in the file the line at {@code from} begins. */
    private long position;

    /**
     * @param end of the segment; -1 if it is the whole file
     */
    Lines(OrderParser parser, FSDataInputStream stream, long position, long end)
        throws IOException {
      this.parser = parser;
      this.stream = stream;
      this.position = position;
      this.end = end;
      if (position > 0) {
        skip(line());
      }
    }

    @Override
    public @Nullable Bought read() throws IOException {
      if (end >= 0 && position > end) {
        return null;
      }
      int length = line();
      if (position == 0
          && Arrays.equals(buffer, from, from + Math.max(0, length), HEADER, 0, HEADER.length)) {
        skip(length);
        length = line();
      }
      if (length < 0) {
        return null;
      }
      Bought bought = parser.parse(buffer, from, length);
      skip(length);
      return bought;
    }

    /** The length of the line at {@code from}, all of which is in the buffer; -1 at the end. */
    private int line() throws IOException {
      int scanned = 0;
      while (true) {
        for (int i = from + scanned; i < to; i++) {
          if (buffer[i] == '\n') {
            return i - from;
          }
        }
        scanned = to - from;
        if (!fill()) {
          return scanned == 0 ? -1 : scanned;
        }
      }
    }

    private boolean fill() throws IOException {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
      if (to == buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * to);
      }
      int more = stream.read(buffer, to, buffer.length - to);
      to += Math.max(0, more);
      return more > 0;
    }

    private void skip(int length) {
      int past = Math.min(Math.max(0, length) + 1, to - from);
      from += past;
      position += past;
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
