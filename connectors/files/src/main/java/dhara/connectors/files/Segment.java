package dhara.connectors.files;

import dhara.connectors.files.text.CsvRows;
import dhara.connectors.files.text.JsonDocuments;
import dhara.connectors.files.text.Lines;
import dhara.connectors.files.text.Records;
import dhara.connectors.files.text.Utf8Stream;
import dhara.connectors.reading.Origin;
import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.JsonFormat;
import dhara.formats.mapping.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.util.List;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * A part of a file, or the whole.
 *
 * <p>Lines are divided where a line begins. Rows of CSV may hold line breaks, so that the bytes at
 * a place do not say whether a row begins there: both segments that meet at a place look for the
 * first of the next rows that fits the columns, and so agree on one; and who reads a row over that
 * place says so (see {@link SegmentReader}), for then it was none.
 *
 * @param file its URI
 * @param source what dead letters call it
 * @param start a record that starts at or after this byte…
 * @param end …and before this one belongs to the segment
 * @param first whether it is the first of its file: its start is where a record begins
 * @param format jsonl, json or csv
 * @param encoding the file's
 * @param delimiter between the cells of a CSV line
 * @param columns of a CSV file
 */
record Segment(
    String file,
    String source,
    long start,
    long end,
    boolean first,
    String format,
    String encoding,
    String delimiter,
    List<String> columns)
    implements Origin<Records> {

  static final String UTF_8 = "UTF-8";

  /** How far is looked for the row at which a CSV file can be divided. */
  private static final int LOOKED_AT = 1 << 18;

  boolean compressed() {
    return Compression.detect(file) != Compression.UNCOMPRESSED;
  }

  boolean csv() {
    return format.equals("csv");
  }

  /** Whether places in the file can be gone to. */
  boolean divisible() {
    return !compressed() && encoding.equals(UTF_8) && !format.equals("json");
  }

  <T extends Record> EventFormat<T> events(Class<T> type, Mapping mapping) {
    return csv()
        ? CsvFormat.of(type, mapping, delimiter.charAt(0), columns)
        : JsonFormat.of(type, mapping);
  }

  /** The bytes of a place on, in UTF-8; those of a file that cannot be divided from its start. */
  InputStream open(long at) throws IOException {
    ResourceId resource = FileSystems.matchSingleFileSpec(file).resourceId();
    ReadableByteChannel channel = FileSystems.open(resource);
    if (compressed()) {
      channel = Compression.detect(file).readDecompressed(channel);
    } else if (divisible() && at > 0) {
      ((SeekableByteChannel) channel).position(at);
    }
    InputStream in = Channels.newInputStream(channel);
    return encoding.equals(UTF_8) ? in : new Utf8Stream(in, Charset.forName(encoding));
  }

  /**
   * The records of a stream.
   *
   * @param position where in the file it stands
   * @param longest how many bytes of a record are kept
   */
  Records records(InputStream in, long position, int longest) {
    return switch (format) {
      case "csv" -> new CsvRows(in, position, longest, delimiter.charAt(0));
      case "json" -> new JsonDocuments(in, position, longest);
      default -> new Lines(in, position, longest);
    };
  }

  /**
   * Where a record stands: its byte, or, where that would be one of the text in UTF-8, its line.
   */
  @Override
  public String position(Records record) {
    return encoding.equals(UTF_8) ? "byte=" + record.start() : "line=" + record.line();
  }

  /** The place at or after {@code at} where the file is divided: the first row that fits. */
  long boundary(long at) throws IOException {
    try (InputStream in = open(at - 1)) {
      byte[] window = in.readNBytes(LOOKED_AT);
      boolean toEnd = window.length < LOOKED_AT;
      int row = CsvRows.boundary(window, toEnd, delimiter.charAt(0), columns.size());
      if (row >= 0) {
        return at - 1 + row;
      }
    }
    try (InputStream in = open(at - 1)) {
      Lines lines = new Lines(in, at - 1, 0);
      return lines.next() ? lines.position() : at;
    }
  }
}
