package dhara.records;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import org.apache.beam.sdk.coders.CoderException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Reads a range of a byte array. Records are read from it in place; from any other stream, the
 * coder first copies the record's bytes here. Lengths are checked against the remaining bytes
 * before anything of that size is allocated, so corrupt bytes fail early and cheaply.
 */
public final class RecordInput extends InputStream {

  /** The chunk size for a body whose length is not yet confirmed by its bytes. */
  private static final int STEP = 1 << 16;

  private static final int KEPT = 1 << 18;

  /** An array per thread, which does not reference this class or its loader. */
  private static final ThreadLocal<byte[][]> SCRATCH = ThreadLocal.withInitial(() -> new byte[1][]);

  private final byte[] bytes;
  private int position;
  private int limit;
  private @Nullable RecentTexts texts;

  /** Reads {@code bytes[from, to)} without a copy. */
  public RecordInput(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.position = from;
    this.limit = to;
  }

  /** Continues with {@code bytes[from, to)}. */
  public void moveTo(int from, int to) {
    position = from;
    limit = to;
  }

  /**
   * Reads a body that is preceded by its length, into the thread's array.
   *
   * @throws EOFException if the stream ends before the body
   */
  static RecordInput take(InputStream in) throws IOException {
    int length = readLength(in);
    byte[][] home = SCRATCH.get();
    byte[] bytes = home[0];
    home[0] = null;
    if (bytes == null) {
      bytes = new byte[512];
    }
    return new RecordInput(filled(bytes, length, in), 0, length);
  }

  /**
   * Reads bytes that are preceded by their length, as Beam's coder of byte arrays writes them. That
   * coder believes the length, and allocates so much before there is a byte of it.
   *
   * @throws EOFException if the stream ends before the bytes
   * @throws CoderException if there is no length
   */
  public static byte[] readBytes(InputStream in) throws IOException {
    int length = readLength(in);
    int confirmed = Math.max(STEP, in.available());
    return filled(new byte[Math.min(length, confirmed)], length, in);
  }

  /** Reads a text as Beam's coder of strings writes it; see {@link #readBytes}. */
  public static String readText(InputStream in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  /**
   * The instant that is so far from the epoch.
   *
   * @throws CoderException if there is none
   */
  public static Instant instant(long seconds, long nanos) throws CoderException {
    try {
      return Instant.ofEpochSecond(seconds, nanos);
    } catch (ArithmeticException | DateTimeException e) {
      throw new CoderException("no instant is " + seconds + " s from the epoch", e);
    }
  }

  /** Reads into an array, or a larger one as soon as it is full; it is never larger than needed. */
  private static byte[] filled(byte[] array, int length, InputStream in) throws IOException {
    byte[] bytes = array;
    int read = 0;
    while (read < length) {
      if (read == bytes.length) {
        long larger = Math.max(STEP, 2L * bytes.length);
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, larger));
      }
      int wanted = Math.min(length, bytes.length) - read;
      int got = in.readNBytes(bytes, read, wanted);
      read += got;
      if (got < wanted) {
        throw new EOFException("a record of " + length + " bytes ends after " + read);
      }
    }
    return bytes;
  }

  private static int readLength(InputStream in) throws IOException {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the stream ends before a record");
      }
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        if (value < 0 || (shift == 28 && next > 0x07)) {
          break;
        }
        return value;
      }
    }
    throw new CoderException("a record's length is no number of at most 31 bits");
  }

  /** Returns the array; do not use this afterwards. */
  void release() {
    if (bytes.length <= KEPT) {
      SCRATCH.get()[0] = bytes;
    }
  }

  @Override
  public int read() {
    return position < limit ? bytes[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int read = Math.min(length, limit - position);
    if (read <= 0) {
      return -1;
    }
    System.arraycopy(bytes, position, to, offset, read);
    position += read;
    return read;
  }

  @Override
  public int available() {
    return limit - position;
  }

  /** Whether the current record has no more bytes. */
  boolean atEnd() {
    return position == limit;
  }

  void expectEnd(Class<?> type) throws CoderException {
    if (position != limit) {
      throw new CoderException(
          (limit - position) + " bytes are left behind the last component of " + type.getName());
    }
  }

  /** Enters a part that is preceded by its length; returns the argument for {@link #leave}. */
  int enter() throws CoderException {
    int length = getLength();
    int outer = limit;
    limit = position + length;
    return outer;
  }

  void leave(int outer) {
    limit = outer;
  }

  boolean getBoolean() throws CoderException {
    byte value = getByte();
    if ((value & ~1) != 0) {
      throw new CoderException("a boolean is 0 or 1, not " + value);
    }
    return value == 1;
  }

  byte getByte() throws CoderException {
    if (position >= limit) {
      throw truncated();
    }
    return bytes[position++];
  }

  short getShort() throws CoderException {
    int value = getInt();
    if (value != (short) value) {
      throw new CoderException("a short cannot be " + value);
    }
    return (short) value;
  }

  char getChar() throws CoderException {
    int value = getUnsigned();
    if (value != (char) value) {
      throw new CoderException("a char cannot be " + value);
    }
    return (char) value;
  }

  int getInt() throws CoderException {
    int value = getUnsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  long getLong() throws CoderException {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Reads a varint: seven bits a byte, the lowest first. */
  public long readVarint() throws CoderException {
    byte[] from = bytes;
    int at = position;
    int end = limit;
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at >= end) {
        throw truncated();
      }
      byte next = from[at++];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        position = at;
        return value;
      }
    }
    throw new CoderException("a number has more than 64 bits");
  }

  private int getUnsigned() throws CoderException {
    byte[] from = bytes;
    int at = position;
    int end = limit;
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (at >= end) {
        throw truncated();
      }
      byte next = from[at++];
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        if (shift == 28 && next > 0x0F) {
          break;
        }
        position = at;
        return value;
      }
    }
    throw new CoderException("a number has more than 32 bits");
  }

  /**
   * A length, or a count of things with at least a byte each; never more than the remaining bytes.
   */
  int getLength() throws CoderException {
    int length = getUnsigned();
    if (length < 0 || length > limit - position) {
      throw new CoderException(
          "a length of "
              + Integer.toUnsignedLong(length)
              + " is more than the "
              + (limit - position)
              + " bytes that are left");
    }
    return length;
  }

  /** The nanoseconds of a second. */
  int getNanos() throws CoderException {
    int nanos = getUnsigned();
    if (nanos < 0 || nanos > 999_999_999) {
      throw new CoderException("a second has no nanosecond " + Integer.toUnsignedLong(nanos));
    }
    return nanos;
  }

  float getFloat() throws CoderException {
    int start = pass(4);
    int bits = 0;
    for (int i = start; i < start + 4; i++) {
      bits = (bits << 8) | (bytes[i] & 0xFF);
    }
    return Float.intBitsToFloat(bits);
  }

  double getDouble() throws CoderException {
    int start = pass(8);
    long bits = 0;
    for (int i = start; i < start + 8; i++) {
      bits = (bits << 8) | (bytes[i] & 0xFF);
    }
    return Double.longBitsToDouble(bits);
  }

  String getString() throws CoderException {
    int length = getLength();
    if (texts == null) {
      texts = RecentTexts.ofThread();
    }
    String value = texts.utf8(bytes, position, length);
    position += length;
    return value;
  }

  byte[] getBytes() throws CoderException {
    int length = getLength();
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  /**
   * The index of the next name in {@code names}, without creating a string; or -1, and then it is
   * not consumed.
   */
  int getIndexIn(byte[][] names) throws CoderException {
    int start = position;
    int length = getLength();
    int end = position + length;
    for (int i = 0; i < names.length; i++) {
      byte[] name = names[i];
      if (name.length == length && Arrays.equals(name, 0, length, bytes, position, end)) {
        position = end;
        return i;
      }
    }
    position = start;
    return -1;
  }

  private int pass(int length) throws CoderException {
    int start = position;
    if (limit - start < length) {
      throw truncated();
    }
    position = start + length;
    return start;
  }

  private static CoderException truncated() {
    return new CoderException("the bytes end within a component");
  }
}
