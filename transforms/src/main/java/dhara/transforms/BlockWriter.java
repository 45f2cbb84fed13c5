package dhara.transforms;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Writes a block: the sums of many keys in one array of bytes, so that engines handle a block where
 * they would handle each key.
 *
 * <p>Bytes: for each key the length of the key and the key, its revision, the length of the sum and
 * the sum; lengths and revisions as varints.
 */
final class BlockWriter extends OutputStream {

  private static final int LEAST = 256;

  /** What is larger is not kept for the next block: there is a writer for each shard. */
  private static final int KEPT = 1 << 16;

  private byte[] bytes = new byte[LEAST];
  private int size;

  /** Adds the sum of a key. */
  <AccT> void add(byte[] key, int offset, int length, long revision, AccT sum, Coder<AccT> coder)
      throws IOException {
    varint(length);
    write(key, offset, length);
    varint(revision);
    int at = size;
    write(0);
    coder.encode(sum, this);
    int sumLength = size - at - 1;
    // Sums are short: one byte is kept for the length, and room made where it takes more.
    int more = varintLength(sumLength) - 1;
    if (more > 0) {
      ensure(more);
      System.arraycopy(bytes, at + 1, bytes, at + 1 + more, sumLength);
    }
    size = at;
    varint(sumLength);
    size += sumLength;
  }

  @Override
  public void write(int b) {
    ensure(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte @Nullable [] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** What was written; valid until the next write. */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Starts anew. */
  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[LEAST];
    }
  }

  /** A copy of what was written. */
  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    write((int) rest);
  }

  private static int varintLength(int value) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
