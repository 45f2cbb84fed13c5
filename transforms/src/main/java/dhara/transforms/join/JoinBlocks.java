package dhara.transforms.join;

import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.ShardBlocks;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import org.apache.beam.sdk.coders.Coder;

/**
 * Blocks of facts and of versions. The key of an entry tells whether it is a fact or a version, its
 * revision is its time in epoch milliseconds, and its sum is the fact or the version.
 */
final class JoinBlocks {

  /** The key of each fact. */
  static final byte FACT = 'f';

  /** The key of each version. */
  static final byte VERSION = 'v';

  private JoinBlocks() {}

  /** Adds elements of one kind, each to the shard that {@code shard} names. */
  static <E> BlockFn.Placing<E> by(byte kind, ToShard<E> shard) {
    return () -> {
      byte[] key = {kind};
      return (element, at, blocks) ->
          blocks.add(shard.of(element, blocks.shards()), key, 1, at, element);
    };
  }

  /** Adds each element of one kind to all shards. */
  static <E> BlockFn.Placing<E> toAll(byte kind) {
    return () -> {
      byte[] key = {kind};
      return (element, at, blocks) -> {
        for (int shard = 0; shard < blocks.shards(); shard++) {
          blocks.add(shard, key, 1, at, element);
        }
      };
    };
  }

  /** Chooses the shard of an element. */
  @FunctionalInterface
  interface ToShard<E> extends Serializable {
    int of(E element, int shards);
  }

  /** The shard of a key; the same in every process, because string hashes are. */
  static int shard(String key, int shards) {
    return ShardBlocks.shard(key.hashCode() * 0x9E3779B9, shards);
  }

  /** The first components of each {@link Version}: what a table needs of one that stays encoded. */
  record Head(String key, Instant at) {

    /** Reads a version as far as here. */
    static final RecordCoder<Head> CODER = RecordCoder.of(Head.class);
  }

  /** Whether a non-empty block holds facts and not versions. */
  static boolean ofFacts(byte[] block) throws IOException {
    BlockReader first = new BlockReader(block);
    if (!first.next() || first.keyLength() != 1) {
      throw new IOException("a block of a join starts with no fact and no version");
    }
    return block[first.keyOffset()] == FACT;
  }

  /** Puts the versions of a block into a table, which keeps the block. */
  static <T extends Record> void read(
      byte[] block, Coder<Version<T>> versions, ReferenceTable<T> into) throws IOException {
    for (BlockReader entry = new BlockReader(block); entry.next(); ) {
      Head head = Head.CODER.decodeStart(entry.sumBytes());
      into.add(head.key(), new HeldVersion<>(head.at(), entry, versions));
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
}
