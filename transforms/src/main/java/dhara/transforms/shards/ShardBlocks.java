package dhara.transforms.shards;

import dhara.records.RecordOutput;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/** Blocks that are being written, one for each shard; a shard is a share of the keys. */
public final class ShardBlocks<K> {

  /** Takes the block of a shard. */
  @FunctionalInterface
  public interface Taker {
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
    keyBytes.cutTo(0);
    try {
      keys.encode(key, keyBytes);
      int shard = shard(BlockReader.hash(keyBytes.bytes(), 0, keyBytes.size()));
      if (blocks[shard] == null) {
        blocks[shard] = new BlockWriter();
      }
      blocks[shard].add(keyBytes.bytes(), 0, keyBytes.size(), 0, sum, coder);
      return shard;
    } catch (IOException e) {
      // Nothing is read or written but memory: what fails is the encoding of this key or sum.
      throw new IllegalArgumentException("cannot encode the sum of " + key, e);
    }
  }

  /** Hands over the blocks that have something in them. */
  public void flush(Taker taker) {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard] != null && blocks[shard].size() > 0) {
        taker.take(shard, blocks[shard].toBytes());
      }
    }
  }

  /** Starts anew. */
  public void clear() {
    for (BlockWriter block : blocks) {
      if (block != null) {
        block.clear();
      }
    }
  }

  /** By the upper bits of the hash: the keys of a shard still differ in the lower ones. */
  private int shard(int hash) {
    return (int) (((hash >>> 12) * (long) blocks.length) >>> 20);
  }
}
