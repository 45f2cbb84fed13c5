package dhara.transforms.shards;

import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/**
 * Writes elements into blocks, one for each shard, so that a few hundred blocks per bundle are
 * shuffled and not each element. The revision of an entry is its time in epoch milliseconds, and
 * the earliest time of a block is known, which becomes the block's own.
 *
 * @param <E> the elements
 */
public final class TimedBlocks<E> {

  /** Takes a shard's block. */
  @FunctionalInterface
  public interface TimedBlockTaker {
    /**
     * Takes a block.
     *
     * @param earliestMillis the earliest time in it, epoch milliseconds
     */
    void take(int shard, byte[] block, long earliestMillis);
  }

  /** Bounds the memory of a bundle of any size. */
  public static final int BLOCK_BYTES = 48 << 10;

  private final Coder<E> coder;
  private final int most;
  private final TimedBlockTaker taker;
  private final BlockWriter[] blocks;
  private final long[] earliest;

  public TimedBlocks(Coder<E> coder, int shards, TimedBlockTaker taker) {
    this(coder, shards, BLOCK_BYTES, taker);
  }

  /**
   * Starts without elements.
   *
   * @param most a block of this many bytes is passed on at once
   */
  public TimedBlocks(Coder<E> coder, int shards, int most, TimedBlockTaker taker) {
    this.coder = coder;
    this.most = most;
    this.taker = taker;
    this.blocks = new BlockWriter[shards];
    this.earliest = new long[shards];
    for (int shard = 0; shard < shards; shard++) {
      blocks[shard] = new BlockWriter();
    }
  }

  /** How many shards there are. */
  public int shards() {
    return blocks.length;
  }

  /** Drops everything. */
  public void clear() {
    for (BlockWriter block : blocks) {
      block.clear();
    }
  }

  /**
   * Adds an element, and passes its block on if that is large.
   *
   * @param key the first {@code length} bytes are the key of its entry
   */
  public void add(int shard, byte[] key, int length, long atMillis, E element) throws IOException {
    BlockWriter block = blocks[shard];
    earliest[shard] = block.size() == 0 ? atMillis : Math.min(earliest[shard], atMillis);
    block.add(key, 0, length, atMillis, element, coder);
    if (block.size() >= most) {
      take(shard);
    }
  }

  /** Passes on all blocks. */
  public void flush() {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard].size() > 0) {
        take(shard);
      }
    }
  }

  private void take(int shard) {
    taker.take(shard, blocks[shard].toBytes(), earliest[shard]);
    blocks[shard].clear();
  }
}
