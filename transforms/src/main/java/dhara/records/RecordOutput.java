package dhara.records;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A growing byte array. Records are written into it in place; for any other stream, the coder
 * writes here first, so that the stream gets one write.
 */
public final class RecordOutput extends OutputStream {

  /** Larger arrays are not kept, so that one huge record does not occupy memory forever. */
  private static final int KEPT = 1 << 18;

  /** Texts of at most this length are written without an array of their own. */
  private static final int SHORT = 32;

  /** An array per thread, which does not reference this class or its loader. */
  private static final ThreadLocal<byte[][]> SCRATCH = ThreadLocal.withInitial(() -> new byte[1][]);

  private byte[] bytes;
  private int position;

  /**
   * An empty output.
   *
   * @param room the initial capacity in bytes
   */
  public RecordOutput(int room) {
    this(new byte[room]);
  }

  private RecordOutput(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * An output with the thread's array. The array is removed from the thread until it is released,
   * so that a record whose accessor encodes another one is safe.
   */
  static RecordOutput take() {
    byte[][] home = SCRATCH.get();
    byte[] bytes = home[0];
    home[0] = null;
    return new RecordOutput(bytes == null ? new byte[512] : bytes);
  }

  /** Returns the array; do not use this afterwards. */
  void release() {
    if (bytes.length <= KEPT) {
      SCRATCH.get()[0] = bytes;
    }
  }

  /** The array, whose first {@link #size} bytes were written; valid until the next write. */
  public byte[] bytes() {
    return bytes;
  }

  /** How many bytes were written. */
  public int size() {
    return position;
  }

  /** The capacity in bytes. */
  public int room() {
    return bytes.length;
  }

  /** Truncates to {@code size} bytes. */
  public void cutTo(int size) {
    position = size;
  }

  @Override
  public void write(int b) {
    putByte((byte) b);
  }

  @Override
  public void write(byte @Nullable [] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, position, length);
    position += length;
  }

  void putBoolean(boolean value) {
    putByte((byte) (value ? 1 : 0));
  }

  void putByte(byte value) {
    ensure(1);
    bytes[position++] = value;
  }

  void putShort(short value) {
    putInt(value);
  }

  void putChar(char value) {
    ensure(5);
    putUnsigned(value);
  }

  /** Zigzag, so that small numbers of either sign are short. */
  void putInt(int value) {
    ensure(5);
    putUnsigned((value << 1) ^ (value >> 31));
  }

  void putLong(long value) {
    writeVarint((value << 1) ^ (value >> 63));
  }

  /** Writes a varint: seven bits a byte, the lowest first. */
  public void writeVarint(long value) {
    ensure(10);
    long rest = value;
    byte[] to = bytes;
    int at = position;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    position = at;
  }

  /** A count or a length, not negative. */
  void putCount(int value) {
    ensure(5);
    putUnsigned(value);
  }

  void putFloat(float value) {
    ensure(4);
    int bits = Float.floatToIntBits(value);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[position++] = (byte) (bits >>> shift);
    }
  }

  void putDouble(double value) {
    ensure(8);
    long bits = Double.doubleToLongBits(value);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[position++] = (byte) (bits >>> shift);
    }
  }

  /** Most texts are short and ASCII: their characters become bytes in place. */
  void putString(String value) {
    int length = value.length();
    if (length > SHORT) {
      putBytes(value.getBytes(StandardCharsets.UTF_8));
      return;
    }
    ensure(1 + SHORT);
    byte[] to = bytes;
    int at = position + 1;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        putBytes(value.getBytes(StandardCharsets.UTF_8));
        return;
      }
      to[at + i] = (byte) c;
    }
    to[position] = (byte) length; // at most a byte, as a varint too
    position = at + length;
  }

  void putBytes(byte[] value) {
    int length = value.length;
    ensure(Math.addExact(length, 5));
    putUnsigned(length);
    System.arraycopy(value, 0, bytes, position, length);
    position += length;
  }

  /** Writes bytes unchanged. */
  void putRaw(byte[] value) {
    write(value, 0, value.length);
  }

  /** Starts a part that is preceded by its length; end it with {@link #end}. */
  public int begin() {
    ensure(1);
    return position++;
  }

  /**
   * Ends a part, and puts its length before it as a varint; most lengths fit into the one byte that
   * was reserved.
   *
   * @param start the result of {@link #begin}
   */
  public void end(int start) {
    int length = position - start - 1;
    int size = varIntSize(length);
    if (size > 1) {
      ensure(size - 1);
      System.arraycopy(bytes, start + 1, bytes, start + size, length);
    }
    position = start;
    putUnsigned(length);
    position += length;
  }

  /** Removes and returns the bytes since {@code start}. */
  byte[] takeFrom(int start) {
    byte[] taken = Arrays.copyOfRange(bytes, start, position);
    position = start;
    return taken;
  }

  private void putUnsigned(int value) {
    byte[] to = bytes;
    int at = position;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    position = at;
  }

  private static int varIntSize(int length) {
    return (38 - Integer.numberOfLeadingZeros(length | 1)) / 7;
  }

  private void ensure(int more) {
    if (bytes.length - position < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    int needed = Math.addExact(position, more);
    long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - 8);
    bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
  }
}
