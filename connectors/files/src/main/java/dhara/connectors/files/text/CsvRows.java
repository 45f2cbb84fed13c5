package dhara.connectors.files.text;

import dhara.formats.CsvFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Rows of CSV, as RFC 4180 has it: a cell in quotes may hold line breaks, so that a row may take
 * several lines.
 *
 * <p>A quote that is opened and not properly closed, before a delimiter or the end of a line, opens
 * nothing: the line with it is a row, to be found malformed, and the next line is read for itself.
 * So one stray quote costs one line and not the rest of the file. Not closed is also a quote behind
 * which more bytes come than a row may have.
 */
public final class CsvRows extends Records {

  /**
   * So many rows in a row must fit, and so many line breaks are tried, to find where rows begin.
   */
  private static final int FITTING = 4;

  private static final int TRIED = 1_000;

  /** Where in a cell the scan stands. */
  private enum In {
    START,
    PLAIN,
    QUOTED,
    AFTER_QUOTE,
    AFTER_RETURN
  }

  private final byte delimiter;
  private In in = In.START;

  /** Whether the row has no quotes so far, or its quotes close nothing: it ends with the line. */
  private boolean line = true;

  private boolean unquoted = true;

  /** Where after the start of the row its second line begins; 0 while it has one. */
  private int firstBreak;

  private long breaks;
  private long lines;

  /**
   * @param position where in the file the stream stands
   * @param longest bytes of a row that are kept
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
          i = from; // most rows have no quotes, and are passed without looking at their cells
          break;
        }
      }
    }
    return line ? -1 : endOfCells(bytes, from, i, to);
  }

  private int endOfCells(byte[] bytes, int start, int scanned, int to) {
    for (int i = scanned; i < to; i++) {
      if (firstBreak > 0 && i - start > longest() + 1) {
        return ended(start + firstBreak, 1); // as where the bytes come one by one
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
            if (firstBreak == 0) {
              firstBreak = i + 1 - start;
            }
            breaks++;
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
            return asLine(bytes, start, i, to);
          }
        }
      }
    }
    return -1;
  }

  /** Of a row whose quotes are not closed, the first line. */
  private int asLine(byte[] bytes, int start, int scanned, int to) {
    if (firstBreak > 0) {
      return ended(start + firstBreak, 1);
    }
    line = true;
    return end(bytes, start, scanned, to);
  }

  private int ended(int end, long its) {
    lines += its;
    breaks = its - 1;
    return end;
  }

  @Override
  int endOfTooLong(int start) {
    if (firstBreak > 0) {
      return ended(start + firstBreak, 1);
    }
    line = true;
    unquoted = false;
    return -1;
  }

  @Override
  int endOfLast(int start, int to) {
    boolean open = !line && in == In.QUOTED && firstBreak > 0;
    return ended(open ? start + firstBreak : to, open ? 1 : breaks + 1);
  }

  /**
   * Where rows begin in bytes from the middle of a file, which may be the middle of a cell in
   * quotes: after the first line break after which the next rows all have the cells that the file's
   * rows have; if there is none, where the file ends, or else after the first line break.
   *
   * @param toEnd whether the file ends with them
   * @param columns how many cells a row has
   * @return -1 where the file goes on and no line break is
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
    int whole = toEnd ? length : length - 1; // a row that ends with the window may go on
    int fitting = 0;
    CsvRows rows =
        new CsvRows(new ByteArrayInputStream(window, from, length), 0, length, delimiter);
    while (fitting < FITTING && rows.next() && rows.position() <= whole) {
      if (rows.length() == 0) {
        continue; // a blank line is no row
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
