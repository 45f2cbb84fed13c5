package dhara.transforms.shards;

import dhara.records.RecordOutput;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/** Writes blocks, one for each shard (a fraction of the keys). */
public final class ShardBlocks<K> {

  /** Takes the block of a shard. */
  @FunctionalInterface
  public interface ShardBlockTaker {
    void take(int shard, byte[] block);
  }

  private final Coder<K> keys;
  private final BlockWriter[] blocks;
  private final RecordOutput keyBytes = new RecordOutput(64);

  public ShardBlocks(Coder<K> keys, int shards) {
    this.keys = keys;
    this.blocks = new BlockWriter[shards];
  }

  /**
   * Adds the sum of a key.
   *
   * @return the shard that it went to
   */
  public <AccT> int add(K key, AccT sum, Coder<AccT> coder) {
    return add(key, 0, sum, coder);
  }

  /**
   * Adds the sum of a key.
   *
   * @param revision a number that goes with the sum
   * @return the shard that it went to
   */
  public <AccT> int add(K key, long revision, AccT sum, Coder<AccT> coder) {
    keyBytes.cutTo(0);
    try {
      keys.encode(key, keyBytes);
      int shard = shard(BlockReader.hash(keyBytes.bytes(), 0, keyBytes.size()), blocks.length);
      if (blocks[shard] == null) {
        blocks[shard] = new BlockWriter();
      }
      blocks[shard].add(keyBytes.bytes(), 0, keyBytes.size(), revision, sum, coder);
      return shard;
    } catch (IOException e) {
      // Only memory is read and written, so the failure is in encoding this key or sum.
      throw new IllegalArgumentException("cannot encode the sum of " + key, e);
    }
  }

  /** Passes on the non-empty blocks. */
  public void flush(ShardBlockTaker taker) {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard] != null && blocks[shard].size() > 0) {
        taker.take(shard, blocks[shard].toBytes());
      }
    }
  }

  /** Starts new blocks. */
  public void clear() {
    for (BlockWriter block : blocks) {
      if (block != null) {
        block.clear();
      }
    }
  }

  /**
   * The shard of a hash. It uses the upper bits, so that the keys of a shard still differ in the
   * lower ones.
   */
  public static int shard(int hash, int shards) {
    return (int) (((hash >>> 12) * (long) shards) >>> 20);
  }
}
