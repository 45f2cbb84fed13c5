package dhara.connectors.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.avro.Schema;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.xerial.snappy.Snappy;

/**
 * The rows of an Avro container file, in the JSON form of the same rows. Its blocks may be packed
 * with deflate or snappy, or not at all.
 *
 * <p>Avro's own reader believes each length in a file and allocates so many bytes before it looks
 * whether they follow, so that a file of a hundred bytes can ask for gigabytes. This one takes
 * bytes as they come.
 */
final class AvroRows implements Closeable {

  private static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int MARKER = 16;

  /** A file's own schema is a few kilobytes. */
  private static final int LONGEST_HEADER = 1 << 24;

  /** Snappy says how long a block becomes before it unpacks it, and packs to no less than this. */
  private static final int SNAPPY_RATIO = 64;

  private static final int CHECKSUM = 4;

  private final AvroBytes file;
  private final AvroValues values;
  private final Schema schema;
  private final String codec;
  private final byte[] marker;
  private final Inflater inflater = new Inflater(true);
  private AvroBytes block = new AvroBytes(InputStream.nullInputStream());
  private long left;

  /**
   * Reads the header.
   *
   * @param in buffered; the caller closes it
   * @param longest how many bytes a block, a text or a list of bytes may have
   * @throws IOException if it is no header of a file of records
   */
  AvroRows(InputStream in, int longest) throws IOException {
    this.file = new AvroBytes(in);
    this.values = new AvroValues(longest);
    if (!Arrays.equals(file.bytes(MAGIC.length, MAGIC.length), MAGIC)) {
      throw new IOException("it does not begin as a file of Avro does");
    }
    Map<String, byte[]> header = header();
    this.codec =
        new String(
            header.getOrDefault("avro.codec", "null".getBytes(StandardCharsets.UTF_8)),
            StandardCharsets.UTF_8);
    this.schema = schema(header.getOrDefault("avro.schema", new byte[0]));
    this.marker = file.bytes(MARKER, MARKER);
    if (!codec.equals("null") && !codec.equals("deflate") && !codec.equals("snappy")) {
      throw new IOException("its codec is " + codec + "; write it with deflate, snappy or null");
    }
  }

  private Map<String, byte[]> header() throws IOException {
    Map<String, byte[]> header = new HashMap<>();
    for (long count = file.count(); count > 0; count = file.count()) {
      for (long i = 0; i < count; i++) {
        String name = new String(file.bytes(file.number(), LONGEST_HEADER), StandardCharsets.UTF_8);
        header.put(name, file.bytes(file.number(), LONGEST_HEADER));
      }
    }
    return header;
  }

  private static Schema schema(byte[] json) throws IOException {
    Schema schema;
    try {
      schema = new Schema.Parser().parse(new String(json, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw new IOException("its header has no schema of Avro: " + e.getMessage(), e);
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw new IOException("its schema is that of a " + schema.getType().getName() + ", no row");
    }
    return schema;
  }

  /**
   * The next row; null if there is none.
   *
   * @throws IOException if the file is truncated, or a block is broken
   * @throws RuntimeException if it is no row of the file's schema
   */
  @Nullable ObjectNode next() throws IOException {
    while (left == 0) {
      if (!block.ended()) {
        throw new IOException("a block is longer than its rows");
      } else if (file.ended()) {
        return null;
      }
      left = open();
    }
    left--;
    return values.row(schema, block);
  }

  /** Opens the next block, and returns how many rows it has. */
  private long open() throws IOException {
    long rows = file.number();
    byte[] packed = file.bytes(file.number(), values.longest());
    if (rows < 0) {
      throw new IOException("a block says that it has " + rows + " rows");
    } else if (!Arrays.equals(file.bytes(MARKER, MARKER), marker)) {
      throw new IOException("a block does not end with the marker of the file");
    }
    block = new AvroBytes(new BufferedInputStream(unpacked(packed)));
    return rows;
  }

  private InputStream unpacked(byte[] packed) throws IOException {
    if (codec.equals("deflate")) {
      inflater.reset();
      // One byte more: an inflater without a header may ask for it.
      return new InflaterInputStream(
          new ByteArrayInputStream(Arrays.copyOf(packed, packed.length + 1)), inflater);
    }
    return new ByteArrayInputStream(codec.equals("snappy") ? snappy(packed) : packed);
  }

  private static byte[] snappy(byte[] packed) throws IOException {
    int length = packed.length - CHECKSUM;
    if (length <= 0) {
      throw new EOFException("a block packed with snappy has no content");
    }
    int unpacked = Snappy.uncompressedLength(packed, 0, length);
    if (unpacked < 0 || unpacked > (long) length * SNAPPY_RATIO) {
      throw new IOException("a block of " + length + " bytes cannot unpack to " + unpacked);
    }
    byte[] bytes = new byte[unpacked];
    Snappy.uncompress(packed, 0, length, bytes, 0);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    if ((int) checksum.getValue() != ByteBuffer.wrap(packed).getInt(length)) {
      throw new IOException("the checksum of a block is wrong");
    }
    return bytes;
  }

  /** Releases what unpacks. */
  @Override
  public void close() {
    inflater.end();
  }
}
