package dhara.transforms.shards;

import dhara.records.RecordOutput;
import java.io.IOException;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;

/**
 * Writes a block: the sums of many keys in one byte array, so that engines handle one block instead
 * of each key.
 *
 * <p>Bytes: for each key the length of the key and the key, its revision, the length of the sum and
 * the sum; lengths and revisions as varints.
 */
public final class BlockWriter {

  private static final int LEAST = 256;

  /** Larger buffers are not kept for the next block, because there is a writer for each shard. */
  private static final int KEPT = 1 << 16;

  /** Writes the sum of a key. */
  @FunctionalInterface
  public interface Body {
    void writeTo(RecordOutput out) throws IOException;
  }

  private RecordOutput out = new RecordOutput(LEAST);

  /** Adds the sum of a key. */
  public <AccT> void add(
      byte[] key, int offset, int length, long revision, AccT sum, Coder<AccT> coder)
      throws IOException {
    add(key, offset, length, revision, body -> coder.encode(sum, body));
  }

  /** Adds a key with its encoded sum. */
  public void add(byte[] key, int offset, int length, long revision, Body body) throws IOException {
    out.writeVarint(length);
    out.write(key, offset, length);
    out.writeVarint(revision);
    int start = out.begin();
    body.writeTo(out);
    out.end(start);
  }

  /** Copies the entry that a reader is at. */
  public void copy(BlockReader reader) {
    copy(reader.block(), reader.offset(), reader.end());
  }

  /** Copies entries of a block. */
  public void copy(byte[] block, int from, int to) {
    out.write(block, from, to - from);
  }

  public int size() {
    return out.size();
  }

  /** Starts a new block. */
  public void clear() {
    if (out.room() > KEPT) {
      out = new RecordOutput(LEAST);
    } else {
      out.cutTo(0);
    }
  }

  /** Joins two blocks into one. */
  public static byte[] joined(byte[] one, byte[] other) {
    byte[] joined = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, joined, one.length, other.length);
    return joined;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(out.bytes(), out.size());
  }
}
