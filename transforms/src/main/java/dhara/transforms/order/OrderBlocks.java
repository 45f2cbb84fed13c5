package dhara.transforms.order;

import dhara.events.Event;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/**
 * Puts events into blocks, one for each shard (a fraction of the keys), so that a few hundred
 * blocks per bundle are shuffled. An entry has the key of the event, as revision its time in epoch
 * milliseconds, and as sum the event.
 */
final class OrderBlocks<E extends Event, K> {

  /** Takes a shard's block. */
  @FunctionalInterface
  interface OrderBlockTaker {
    /**
     * Takes a block.
     *
     * @param earliestMillis time of the earliest event in it, epoch milliseconds
     */
    void take(int shard, byte[] block, long earliestMillis);
  }

  /** Bounds the memory of a bundle of any size. */
  static final int BLOCK_BYTES = 48 << 10;

  private final Coder<K> keys;
  private final Coder<E> events;
  private final BlockWriter[] blocks;
  private final long[] earliest;
  private final RecordOutput keyBytes = new RecordOutput(64);

  OrderBlocks(Coder<K> keys, Coder<E> events, int shards) {
    this.keys = keys;
    this.events = events;
    this.blocks = new BlockWriter[shards];
    this.earliest = new long[shards];
    for (int shard = 0; shard < shards; shard++) {
      blocks[shard] = new BlockWriter();
    }
  }

  /** Drops everything. */
  void clear() {
    for (BlockWriter block : blocks) {
      block.clear();
    }
  }

  /** Adds an event, and passes its block on if that is large. */
  void add(K key, E event, OrderBlockTaker taker) throws IOException {
    keyBytes.cutTo(0);
    keys.encode(key, keyBytes);
    long at = event.at().toEpochMilli();
    int shard = shard(BlockReader.hash(keyBytes.bytes(), 0, keyBytes.size()));
    BlockWriter block = blocks[shard];
    earliest[shard] = block.size() == 0 ? at : Math.min(earliest[shard], at);
    block.add(keyBytes.bytes(), 0, keyBytes.size(), at, event, events);
    if (block.size() >= BLOCK_BYTES) {
      take(shard, taker);
    }
  }

  /** Passes on all blocks. */
  void flush(OrderBlockTaker taker) {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard].size() > 0) {
        take(shard, taker);
      }
    }
  }

  private void take(int shard, OrderBlockTaker taker) {
    taker.take(shard, blocks[shard].toBytes(), earliest[shard]);
    blocks[shard].clear();
  }

  /**
   * Uses the upper bits of the hash, so that the keys of a shard still differ in the lower ones.
   */
  private int shard(int hash) {
    return (int) (((hash >>> 12) * (long) blocks.length) >>> 20);
  }
}
