package dhara.transforms.unique;

import dhara.events.Event;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/**
 * Puts events into blocks, one for each shard (a fraction of the ids), so that a few hundred blocks
 * per bundle are shuffled. The key of an entry is the hash of the event's id, the revision is its
 * time, and the sum is the event.
 */
final class EventBlocks<T extends Event> {

  /** Takes a shard's block. */
  @FunctionalInterface
  interface EventBlockTaker {
    /**
     * Takes a block.
     *
     * @param earliestMillis time of the earliest event in it, epoch milliseconds
     */
    void take(int shard, byte[] block, long earliestMillis);
  }

  /** Bounds the memory of a bundle of any size. */
  static final int BLOCK_BYTES = 48 << 10;

  private final Coder<T> coder;
  private final BlockWriter[] blocks;
  private final long[] earliest;
  private final IdHash ids;
  private final byte[] hash = new byte[IdHash.BYTES];

  EventBlocks(Coder<T> coder, IdHash ids, int shards) {
    this.coder = coder;
    this.ids = ids;
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
  void add(T event, long atMillis, EventBlockTaker taker) throws IOException {
    ids.write(event.id(), hash);
    int shard = IdHash.shard(hash, blocks.length);
    BlockWriter block = blocks[shard];
    earliest[shard] = block.size() == 0 ? atMillis : Math.min(earliest[shard], atMillis);
    block.add(hash, 0, hash.length, atMillis, event, coder);
    if (block.size() >= BLOCK_BYTES) {
      take(shard, taker);
    }
  }

  /** Passes on all blocks. */
  void flush(EventBlockTaker taker) {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard].size() > 0) {
        take(shard, taker);
      }
    }
  }

  private void take(int shard, EventBlockTaker taker) {
    taker.take(shard, blocks[shard].toBytes(), earliest[shard]);
    blocks[shard].clear();
  }
}
