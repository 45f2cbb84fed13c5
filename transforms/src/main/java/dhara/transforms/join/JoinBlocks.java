package dhara.transforms.join;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/**
 * Writes the facts or versions of a bundle into blocks, one for each shard, so that a few hundred
 * blocks per bundle are shuffled. The key of an entry tells whether it is a fact or a version, its
 * revision is its time in epoch milliseconds, and its sum is the fact or the version.
 */
final class JoinBlocks<E> {

  /** Takes a shard's block. */
  @FunctionalInterface
  interface JoinBlockTaker {
    /**
     * Takes a block.
     *
     * @param earliestMillis the earliest time in it, epoch milliseconds
     */
    void take(int shard, byte[] block, long earliestMillis);
  }

  /** The key of each fact. */
  static final byte FACT = 'f';

  /** The key of each version. */
  static final byte VERSION = 'v';

  /** Bounds the memory of a bundle of any size. */
  static final int BLOCK_BYTES = 48 << 10;

  private final byte[] kind;
  private final Coder<E> coder;
  private final int most;
  private final BlockWriter[] blocks;
  private final long[] earliest;

  JoinBlocks(byte kind, Coder<E> coder, int shards) {
    this(kind, coder, shards, BLOCK_BYTES);
  }

  JoinBlocks(byte kind, Coder<E> coder, int shards, int most) {
    this.kind = new byte[] {kind};
    this.coder = coder;
    this.most = most;
    this.blocks = new BlockWriter[shards];
    this.earliest = new long[shards];
    for (int shard = 0; shard < shards; shard++) {
      blocks[shard] = new BlockWriter();
    }
  }

  /** The shard of a key; the same in every process, because string hashes are. */
  static int shard(String key, int shards) {
    int hash = key.hashCode() * 0x9E3779B9;
    return (int) (((hash >>> 12) * (long) shards) >>> 20);
  }

  /** Whether a non-empty block holds facts and not versions. */
  static boolean ofFacts(byte[] block) throws IOException {
    BlockReader first = new BlockReader(block);
    if (!first.next() || first.keyLength() != 1) {
      throw new IOException("a block of a join starts with no fact and no version");
    }
    return block[first.keyOffset()] == FACT;
  }

  /** Puts the versions of a block into a table. */
  static <T extends Record> void read(
      byte[] block, Coder<Version<T>> versions, ReferenceTable<T> into) throws IOException {
    for (BlockReader version = new BlockReader(block); version.next(); ) {
      into.add(version.sum(versions));
    }
  }

  /** The latest time in a block, epoch milliseconds. */
  static long latest(byte[] block) throws IOException {
    long latest = Long.MIN_VALUE;
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      latest = Math.max(latest, entry.revision());
    }
    return latest;
  }

  /** Drops everything. */
  void clear() {
    for (BlockWriter block : blocks) {
      block.clear();
    }
  }

  /** Adds an element, and passes its block on if that is large. */
  void add(int shard, E element, long atMillis, JoinBlockTaker taker) throws IOException {
    BlockWriter block = blocks[shard];
    earliest[shard] = block.size() == 0 ? atMillis : Math.min(earliest[shard], atMillis);
    block.add(kind, 0, 1, atMillis, element, coder);
    if (block.size() >= most) {
      take(shard, taker);
    }
  }

  /** Passes on all blocks. */
  void flush(JoinBlockTaker taker) {
    for (int shard = 0; shard < blocks.length; shard++) {
      if (blocks[shard].size() > 0) {
        take(shard, taker);
      }
    }
  }

  private void take(int shard, JoinBlockTaker taker) {
    taker.take(shard, blocks[shard].toBytes(), earliest[shard]);
    blocks[shard].clear();
  }
}
