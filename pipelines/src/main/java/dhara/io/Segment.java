package dhara.io;

import dhara.formats.CsvFormat;
import dhara.formats.EventFormat;
import dhara.formats.JsonFormat;
import dhara.formats.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * A part of a file.
 *
 * @param file its URI
 * @param start a line that starts at or after this byte…
 * @param end …and before this one belongs to the segment
 * @param format json or csv
 * @param delimiter between the cells of a CSV line
 * @param columns of a CSV file
 */
record Segment(
    String file, long start, long end, String format, String delimiter, List<String> columns) {

  boolean compressed() {
    return Compression.detect(file) != Compression.UNCOMPRESSED;
  }

  boolean csv() {
    return format.equals("csv");
  }

  <T extends Record> EventFormat<T> events(Class<T> type, Mapping mapping) {
    return csv()
        ? CsvFormat.of(type, mapping, delimiter.charAt(0), columns)
        : JsonFormat.of(type, mapping);
  }

  /** From the start of the file where it is compressed, else from the byte before the segment. */
  InputStream open() throws IOException {
    ResourceId resource = FileSystems.matchSingleFileSpec(file).resourceId();
    ReadableByteChannel channel = FileSystems.open(resource);
    if (compressed()) {
      return Channels.newInputStream(Compression.detect(file).readDecompressed(channel));
    }
    if (start > 0) {
      ((SeekableByteChannel) channel).position(start - 1);
    }
    return Channels.newInputStream(channel);
  }
}
