package dhara.connectors.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dhara.connectors.RowFormat;
import dhara.connectors.RowJson;
import dhara.connectors.WrittenRow;
import dhara.connectors.files.text.CsvRows;
import dhara.connectors.files.text.Lines;
import dhara.connectors.files.text.Records;
import dhara.formats.CsvFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A part of a file with rows that {@link FilesSink} has written.
 *
 * @param name the name of its rows
 * @param file its URI
 * @param start a row that starts at or after this byte…
 * @param end …and before this one belongs to the part
 * @param format jsonl, csv or avro
 */
record FolderPart(String name, String file, long start, long end, String format) {

  /** The longest row: it must fit into one array. */
  private static final int LONGEST = 1 << 28;

  /** Takes rows. */
  @FunctionalInterface
  interface Rows {
    void take(WrittenRow row);
  }

  /** Whether a file is compressed, by its name. */
  static boolean compressed(String file) {
    return Compression.detect(file) != Compression.UNCOMPRESSED;
  }

  /**
   * Reads its rows in their order.
   *
   * @throws IOException if the file is truncated or cannot be read; its message names it
   * @throws IllegalStateException if a row is none; see {@link WrittenRow#unreadable}
   */
  void read(Rows rows) throws IOException {
    try (InputStream in = open()) {
      switch (format) {
        case "jsonl" -> json(in, rows);
        case "csv" -> csv(in, rows);
        default -> avro(in, rows);
      }
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      IOException broken = new IOException("cannot read " + file + " to its end: " + why);
      broken.addSuppressed(e);
      throw broken;
    }
  }

  /** Opens it one byte before its start, so that the reader finds where its first line begins. */
  private InputStream open() throws IOException {
    ReadableByteChannel channel =
        FileSystems.open(FileSystems.matchSingleFileSpec(file).resourceId());
    if (compressed(file)) {
      return Channels.newInputStream(Compression.detect(file).readDecompressed(channel));
    }
    if (start > 0) {
      ((SeekableByteChannel) channel).position(start - 1);
    }
    return Channels.newInputStream(channel);
  }

  private WrittenRow row(ObjectNode columns, String place) {
    JsonNode mark = columns.remove(RowFormat.WITHDRAWN); // in CSV it is text
    boolean withdrawn = mark != null && mark.asBoolean();
    return new WrittenRow(name, columns, withdrawn, 0, place); // files have no order
  }

  private String place(long position) {
    return file + " byte=" + position;
  }

  private void json(InputStream in, Rows rows) throws IOException {
    Lines lines = new Lines(in, compressed(file) ? 0 : Math.max(0, start - 1), LONGEST);
    while (lines.next()) {
      if (lines.start() < start || lines.length() == 0) {
        continue; // the rest of a line that the part before has read, or a blank one
      }
      if (lines.start() >= end) {
        break;
      }
      String place = place(lines.start());
      ObjectNode columns;
      try {
        columns = RowJson.object(whole(lines, place), lines.offset(), lines.length());
      } catch (IOException e) {
        throw WrittenRow.unreadable(place, "it " + e.getMessage(), e);
      }
      rows.take(row(columns, place));
    }
  }

  private static byte[] whole(Records lines, String place) {
    if (lines.cut()) {
      throw WrittenRow.unreadable(place, "it is longer than " + LONGEST + " bytes", null);
    }
    return lines.bytes();
  }

  private void csv(InputStream in, Rows out) throws IOException {
    CsvRows rows = new CsvRows(in, 0, LONGEST, ',');
    List<String> columns = null;
    while (rows.next()) {
      String place = place(rows.start());
      String line =
          new String(whole(rows, place), rows.offset(), rows.length(), StandardCharsets.UTF_8);
      if (line.isEmpty()) {
        continue;
      }
      List<String> cells;
      try {
        cells = columns == null ? CsvFormat.columns(line, ',') : CsvFormat.cells(line, ',');
      } catch (IllegalArgumentException e) {
        throw WrittenRow.unreadable(place, e.getMessage(), e);
      }
      if (columns == null) {
        columns = cells;
      } else if (cells.size() != columns.size()) {
        throw WrittenRow.unreadable(
            place, "it has " + cells.size() + " cells, the header " + columns.size(), null);
      } else {
        ObjectNode row = RowJson.object();
        for (int i = 0; i < cells.size(); i++) {
          row.put(columns.get(i), cells.get(i).isEmpty() ? null : cells.get(i));
        }
        out.take(row(row, place));
      }
    }
  }

  private void avro(InputStream in, Rows out) throws IOException {
    try (AvroRows rows = new AvroRows(new BufferedInputStream(in), LONGEST)) {
      long number = 0;
      for (ObjectNode row = next(rows, 0); row != null; row = next(rows, number)) {
        out.take(row(row, place(file, number)));
        number++;
      }
    }
  }

  private static String place(String file, long number) {
    return file + " row=" + number;
  }

  /** The next row; null if there is none. */
  private @Nullable ObjectNode next(AvroRows rows, long number) throws IOException {
    try {
      return rows.next();
    } catch (RuntimeException e) {
      throw WrittenRow.unreadable(place(file, number), "it is broken: " + e.getMessage(), e);
    }
  }
}
