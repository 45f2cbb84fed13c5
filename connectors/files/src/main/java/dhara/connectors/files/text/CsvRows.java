package dhara.connectors.files.text;

import dhara.formats.CsvFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Rows of CSV according to RFC 4180: a quoted cell may hold line breaks, so a row may take several
 * lines.
 *
 * <p>A quote that is not properly closed, before a delimiter or the end of a line, does not open a
 * cell: its line is a row of its own, which will be malformed, and the next line is read
 * independently. So a stray quote costs one line and not the rest of the file. A quote also counts
 * as not closed if more bytes follow it than a row may have. Bytes are scanned a constant number of
 * times, however many lines open a quote that nothing closes.
 */
public final class CsvRows extends Records {

  /**
   * To find where rows begin, this many line breaks are tried, and this many consecutive rows must
   * fit.
   */
  private static final int FITTING = 4;

  private static final int TRIED = 1_000;

  /** Few bytes for each of these many trials. */
  private static final int TRIAL = 1 << 9;

  /** The state of the scan within a cell. */
  private enum In {
    START,
    PLAIN,
    QUOTED,
    AFTER_QUOTE,
    AFTER_RETURN
  }

  private final byte delimiter;
  private In in = In.START;

  /**
   * Whether the row has no quotes so far, or none that open a cell, so that it ends with the line.
   */
  private boolean line = true;

  private boolean unquoted = true;

  /** The offset from the start of the row to its second line; 0 while it has only one. */
  private int firstBreak;

  private long breaks;
  private long lines;

  /** Where the row begins in the file. */
  private long rowAt;

  /** Up to where the row's cells are scanned. */
  private long scannedTo;

  /**
   * Kept from the last row of one line that was scanned further, in vain: cells that are open at a
   * line break before this place are open up to it, where the scan is in {@link #inAhead}.
   */
  private long ahead;

  private In inAhead = In.QUOTED;

  /** The line breaks from the start of the row to {@link #ahead}. */
  private long breaksAhead;

  /**
   * Reads rows.
   *
   * @param position the stream's position in the file
   * @param longest how many bytes of a row are kept
   */
  public CsvRows(InputStream in, long position, int longest, char delimiter) {
    this(in, position, longest, delimiter, CHUNK);
  }

  CsvRows(InputStream in, long position, int longest, char delimiter, int chunk) {
    super(in, position, longest, chunk);
    this.delimiter = (byte) delimiter;
  }

  @Override
  int begin(byte[] bytes, int from, int to, long at) {
    in = In.START;
    line = true;
    unquoted = true;
    firstBreak = 0;
    breaks = 0;
    rowAt = at;
    return from;
  }

  @Override
  int end(byte[] bytes, int from, int scanned, int to) {
    int i = scanned;
    if (line) {
      for (; i < to; i++) {
        if (bytes[i] == '\n') {
          return ended(i + 1, 1);
        }
        if (unquoted && bytes[i] == '"') {
          unquoted = false;
          line = false;
          i = from; // fast path: most rows have no quotes, so their cells need not be scanned
          break;
        }
      }
    }
    return line ? -1 : endOfCells(bytes, from, i, to);
  }

  private int endOfCells(byte[] bytes, int start, int scanned, int to) {
    for (int i = scanned; i < to; i++) {
      if (firstBreak > 0 && i - start > longest() + 1) {
        scannedTo = rowAt + i - start;
        return endedAfterFirst(start); // as if the bytes came one by one
      }
      byte b = bytes[i];
      switch (in) {
        case START, PLAIN -> {
          if (b == '\n') {
            return ended(i + 1, breaks + 1);
          } else if (b == '"' && in == In.START) {
            in = In.QUOTED;
          } else {
            in = b == delimiter ? In.START : In.PLAIN;
          }
        }
        case QUOTED -> {
          if (b == '"') {
            in = In.AFTER_QUOTE;
          } else if (b == '\n') {
            breaks++;
            if (firstBreak == 0) {
              firstBreak = i + 1 - start;
              if (rowAt + firstBreak < ahead) {
                i = start + (int) (ahead - rowAt) - 1;
                in = inAhead;
                breaks = breaksAhead;
              }
            }
          }
        }
        case AFTER_QUOTE, AFTER_RETURN -> {
          if (b == '\n') {
            return ended(i + 1, breaks + 1);
          } else if (in == In.AFTER_QUOTE && b == '"') {
            in = In.QUOTED;
          } else if (in == In.AFTER_QUOTE && b == delimiter) {
            in = In.START;
          } else if (in == In.AFTER_QUOTE && b == '\r') {
            in = In.AFTER_RETURN;
          } else {
            scannedTo = rowAt + i - start;
            return asLine(bytes, start, i, to);
          }
        }
      }
    }
    scannedTo = rowAt + to - start;
    return -1;
  }

  /** The end of the first line of a row whose quotes are not closed. */
  private int asLine(byte[] bytes, int start, int scanned, int to) {
    if (firstBreak > 0) {
      return endedAfterFirst(start);
    }
    line = true;
    return end(bytes, start, scanned, to);
  }

  private int endedAfterFirst(int start) {
    ahead = scannedTo;
    inAhead = in;
    breaksAhead = breaks;
    return ended(start + firstBreak, 1);
  }

  private int ended(int end, long its) {
    breaksAhead -= its;
    lines += its;
    breaks = its - 1;
    return end;
  }

  @Override
  int endOfTooLong(int start) {
    if (firstBreak > 0) {
      return endedAfterFirst(start);
    }
    line = true;
    unquoted = false;
    return -1;
  }

  @Override
  int endOfLast(int start, int to) {
    boolean open = !line && in == In.QUOTED && firstBreak > 0;
    return open ? endedAfterFirst(start) : ended(to, breaks + 1);
  }

  /**
   * Finds where a row begins in bytes from the middle of a file, which may be inside a quoted cell:
   * after the first line break for which the following rows all have the right number of cells. If
   * there is none, at the end of the file, or else after the first line break.
   *
   * @param toEnd whether the file ends with these bytes
   * @param columns the number of cells of a row
   * @return -1 if the file continues and there is no line break
   */
  public static int boundary(byte[] window, boolean toEnd, char delimiter, int columns)
      throws IOException {
    int first = -1;
    int tried = 0;
    for (int i = 0; i < window.length && tried < TRIED; i++) {
      if (window[i] == '\n') {
        tried++;
        first = first < 0 ? i + 1 : first;
        if (fits(window, i + 1, toEnd, delimiter, columns)) {
          return i + 1;
        }
      }
    }
    return toEnd ? window.length : first;
  }

  private static boolean fits(byte[] window, int from, boolean toEnd, char delimiter, int columns)
      throws IOException {
    int length = window.length - from;
    int whole = toEnd ? length : length - 1; // a row at the end of the window may be incomplete
    int fitting = 0;
    CsvRows rows =
        new CsvRows(new ByteArrayInputStream(window, from, length), 0, length, delimiter, TRIAL);
    while (fitting < FITTING && rows.next() && rows.position() <= whole) {
      if (rows.length() == 0) {
        continue; // a blank line is not a row
      }
      String row = new String(rows.bytes(), rows.offset(), rows.length(), StandardCharsets.UTF_8);
      try {
        if (CsvFormat.cells(row, delimiter).size() != columns) {
          return false;
        }
      } catch (IllegalArgumentException e) {
        return false;
      }
      fitting++;
    }
    return fitting > 0;
  }

  @Override
  public long line() {
    return lines - breaks;
  }
}
