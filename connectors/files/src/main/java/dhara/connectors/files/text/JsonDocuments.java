package dhara.connectors.files.text;

import java.io.InputStream;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * JSON documents over any number of lines: one after the other, or as elements of arrays, or both.
 * White space, commas and array brackets between documents are skipped.
 *
 * <p>A value that is neither an object nor an array ends with its line, or before a comma. A text
 * cannot hold a line break, so an unclosed quote reaches to the end of its line. An unclosed brace
 * takes the rest of the file, because it is unknown where the next document begins. An unclosed
 * array adds one more record, which is broken.
 */
public final class JsonDocuments extends Records {

  private boolean array;
  private int depth;
  private boolean text;
  private boolean escaped;
  private boolean scalar;
  private long breaks;
  private long line;

  /**
   * Reads documents.
   *
   * @param position the stream's position in the file
   * @param longest how many bytes of a document are kept
   */
  public JsonDocuments(InputStream in, long position, int longest) {
    this(in, position, longest, CHUNK);
  }

  JsonDocuments(InputStream in, long position, int longest, int chunk) {
    super(in, position, longest, chunk);
  }

  @Override
  int begin(byte[] bytes, int from, int to, long at) {
    depth = 0;
    text = false;
    escaped = false;
    scalar = false;
    for (int i = from; i < to; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        breaks++;
      } else if (b == '[' && !array) {
        array = true;
      } else if (b == ']' && array) {
        array = false;
      } else if (b != ' ' && b != '\t' && b != '\r' && b != ',' && !(b < 0 && at + i - from < 3)) {
        line = breaks + 1;
        return i;
      }
    }
    line = breaks + 1;
    return to;
  }

  @Override
  int end(byte[] bytes, int from, int scanned, int to) {
    for (int i = scanned; i < to; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        breaks++;
        text = false;
        escaped = false;
        if (scalar) {
          return i + 1;
        }
      } else if (text) {
        text = escaped || b != '"';
        escaped = !escaped && b == '\\';
      } else if (b == '"') {
        text = true;
        scalar |= depth == 0;
      } else if (scalar && (b == ',' || (array && b == ']'))) {
        return i;
      } else if (b == '{' || b == '[') {
        depth += scalar ? 0 : 1;
      } else if (b == '}' || b == ']') {
        scalar |= depth == 0;
        depth -= scalar ? 0 : 1;
        if (depth == 0 && !scalar) {
          return i + 1;
        }
      } else {
        scalar |= depth == 0;
      }
    }
    return -1;
  }

  @Override
  @Nullable String brokenOff() {
    return array ? "is the end of an array that nothing closes: the file breaks off" : null;
  }

  @Override
  public long line() {
    return line;
  }
}
