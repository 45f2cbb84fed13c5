package dhara.connectors.files.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dhara.formats.CsvFormat;
import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The first bytes of a file, from which its format is guessed. All rules look only at these bytes.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Beginning(byte[] bytes) {

  /** How many bytes are read. */
  private static final int LOOKED_AT = 1 << 16;

  /** The delimiters that are tried, in this order. */
  private static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * Reads the beginning of a stream. A truncated stream simply ends here; the run that reads the
   * whole file fails there with an error.
   */
  public static Beginning of(InputStream in) {
    byte[] bytes = new byte[LOOKED_AT];
    int length = 0;
    try {
      for (int read = 0; read >= 0 && length < LOOKED_AT; length += Math.max(0, read)) {
        read = in.read(bytes, length, LOOKED_AT - length);
      }
    } catch (IOException e) {
      return new Beginning(Arrays.copyOf(bytes, length));
    }
    return new Beginning(Arrays.copyOf(bytes, length));
  }

  /** The encoding according to the byte order mark, if it is not UTF-8. */
  public Optional<Charset> marked() {
    if (bytes.length < 2) {
      return Optional.empty();
    }
    int mark = ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
    return mark == 0xFEFF || mark == 0xFFFE
        ? Optional.of(StandardCharsets.UTF_16)
        : Optional.empty();
  }

  /** Whether the first character begins JSON. */
  public boolean json() {
    int first = first();
    return first < bytes.length && (bytes[first] == '{' || bytes[first] == '[');
  }

  /** Whether there is only white space. */
  public boolean blank() {
    return first() == bytes.length;
  }

  private int first() {
    int i = marks(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
    while (i < bytes.length && (bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r'))) {
      i++;
    }
    return i;
  }

  private static boolean marks(byte[] bytes, int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /** The file suffix for its compression; empty if it is not compressed. */
  public String compressed() {
    if (marks(bytes, 0x1F, 0x8B)) {
      return ".gz";
    } else if (marks(bytes, 'B', 'Z', 'h')) {
      return ".bz2";
    }
    return marks(bytes, 0x28, 0xB5, 0x2F, 0xFD) ? ".zst" : "";
  }

  /**
   * Whether the first JSON document is an element of an array or spans lines: it can be parsed as a
   * document over these lines, but not line by line. If the first line is broken JSON, this tells
   * nothing about the lines after it.
   */
  public boolean documents() {
    int from = first();
    if (!json()) {
      return false;
    }
    try (JsonParser parser = JSON.createParser(bytes, from, bytes.length - from)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        JsonToken second = parser.nextToken();
        return second == JsonToken.START_OBJECT || second == JsonToken.END_ARRAY;
      }
      parser.skipChildren();
      return breaksBefore(from, from + (int) parser.currentLocation().getByteOffset());
    } catch (JsonEOFException e) {
      return bytes.length == LOOKED_AT && breaksBefore(from, bytes.length);
    } catch (JsonProcessingException | CharConversionException e) {
      return false; // the latter if the first bytes look like UTF-32, with a zero after the brace
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory are never out of reach", e);
    }
  }

  private boolean breaksBefore(int from, int until) {
    for (int i = from; i < until; i++) {
      if (bytes[i] == '\n') {
        return true;
      }
    }
    return false;
  }

  /**
   * The delimiter of CSV: comma, semicolon, tab or bar, whichever splits the first line into as
   * many cells as there are columns, or else into the most; in case of a tie, the first of them.
   *
   * @param columns the number of columns; 0 if the first line is the header
   */
  public char delimiter(int columns) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    int until = end > 0 && bytes[end - 1] == '\r' ? end - 1 : end;
    String line = new String(bytes, 0, until, StandardCharsets.UTF_8);
    char best = DELIMITERS.get(0);
    int most = 1;
    for (char delimiter : DELIMITERS) {
      int cells = cells(line, delimiter);
      if (columns > 0 && cells == columns) {
        return delimiter;
      } else if (cells > most) {
        most = cells;
        best = delimiter;
      }
    }
    return best;
  }

  private static int cells(String line, char delimiter) {
    try {
      return CsvFormat.cells(line, delimiter).size();
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  /** Its complete records, without a last one that may continue beyond it. */
  public InputStream whole() {
    int end = bytes.length;
    if (end == LOOKED_AT) {
      while (end > 0 && bytes[end - 1] != '\n') {
        end--;
      }
    }
    return new ByteArrayInputStream(bytes, 0, end);
  }
}
