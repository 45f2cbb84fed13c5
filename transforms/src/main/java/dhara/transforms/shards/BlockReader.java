package dhara.transforms.shards;

import dhara.records.RecordInput;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;

/** Reads the entries of a block that a {@link BlockWriter} wrote, without copying them. */
public final class BlockReader {

  private final byte[] block;
  private final RecordInput input;
  private int at;
  private int offset;
  private int next;
  private int keyOffset;
  private int keyLength;
  private long revision;
  private int sumOffset;

  public BlockReader(byte[] block) {
    this.block = block;
    input = new RecordInput(block, 0, 0);
  }

  /** Moves to the next entry. */
  public boolean next() throws IOException {
    if (next == block.length) {
      return false;
    }
    at = next;
    offset = next;
    keyLength = length();
    keyOffset = at;
    at += keyLength;
    revision = varint();
    int sumLength = length();
    sumOffset = at;
    next = at + sumLength;
    return true;
  }

  public byte[] block() {
    return block;
  }

  /** The start of the entry. */
  public int offset() {
    return offset;
  }

  /** The end of the entry and of its sum. */
  public int end() {
    return next;
  }

  /** The start of the entry's sum. */
  public int sumOffset() {
    return sumOffset;
  }

  public int keyOffset() {
    return keyOffset;
  }

  public int keyLength() {
    return keyLength;
  }

  /** A reader of a copy of the current entry, so that keeping the entry does not keep the block. */
  public BlockReader alone() throws IOException {
    BlockReader copy = new BlockReader(Arrays.copyOfRange(block, offset, next));
    copy.next();
    return copy;
  }

  /** How many bytes the entry's sum has. */
  public int sumLength() {
    return next - sumOffset;
  }

  public long revision() {
    return revision;
  }

  /** A hash of the entry's key. */
  public int keyHash() {
    return hash(block, keyOffset, keyLength);
  }

  /** A hash of bytes: the same in every process, and each bit depends on all of them. */
  public static int hash(byte[] bytes, int offset, int length) {
    // FNV-1a. With a factor of 31, as for strings, consecutive numbers would have colliding hashes.
    int hash = 0x811C9DC5;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (bytes[i] & 0xFF)) * 0x01000193;
    }
    hash *= 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }

  /** The entry's sum. */
  public <AccT> AccT sum(Coder<AccT> coder) throws IOException {
    AccT sum = coder.decode(sumBytes());
    if (input.available() > 0) {
      throw new CoderException(input.available() + " bytes are left behind a sum, by " + coder);
    }
    return sum;
  }

  /** The bytes of the entry's sum, valid until the next call. */
  public RecordInput sumBytes() {
    input.moveTo(sumOffset, next);
    return input;
  }

  private int length() throws IOException {
    long length = varint();
    if (length < 0 || length > block.length - at) {
      throw new EOFException("a block breaks off: it has no " + length + " bytes more");
    }
    return (int) length;
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == block.length) {
        throw new EOFException("a block breaks off in a number");
      }
      byte b = block[at++];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IOException("a block has a number of more than 64 bits");
  }
}
