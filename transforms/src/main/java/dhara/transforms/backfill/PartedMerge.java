package dhara.transforms.backfill;

import dhara.records.KeyedHash;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.HeldBlocks;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges the blocks of a shard in bounded memory, however many keys they have. Entries whose keys
 * do not fit into the table are spilled in encoded form, in parts by the hash of their key, and
 * each part is merged by itself after the table has been output. Spilled entries are in memory if
 * there is room, otherwise in temporary files. This is aggregation like a hybrid hash join: entries
 * that fit are never written, and others are written and read once per level.
 *
 * <p>The alternative is to sort each block by window, and to merge sorted blocks. It needs only the
 * sums of one window at a time, but all blocks must be available before the first is merged, so
 * each is held, and usually written, even if all sums fit in memory.
 */
public final class PartedMerge {

  /** A table in which entries are merged. */
  public interface Table extends AutoCloseable {

    /**
     * Adds an entry.
     *
     * @return false if its key is not in the table and there is no room; an empty table always has
     *     room
     */
    boolean add(BlockReader entry) throws IOException;

    /** Outputs the merged entries. */
    void give() throws IOException;

    /** Releases the memory. */
    @Override
    void close();
  }

  /** Blocks that can be read once. */
  @FunctionalInterface
  private interface Blocks {
    void forEach(HeldBlocks.HeldBlockTaker taker) throws IOException;
  }

  private static final int PARTS = 16;

  /** The levels that use the plain hash of keys. */
  private static final int PLAIN = 2;

  /** The size of spilled blocks, like that of other blocks: large enough to be worth an array. */
  private static final int PART_BYTES = 48 << 10;

  private final Supplier<? extends Table> tables;
  private final TableBudget budget;
  private int deepest;

  /**
   * Merges in tables.
   *
   * @param tables creates an empty table
   * @param budget the memory for spilled blocks
   */
  public PartedMerge(Supplier<? extends Table> tables, TableBudget budget) {
    this.tables = tables;
    this.budget = budget;
  }

  /** Merges blocks, and outputs the result. */
  public void merge(Iterable<byte[]> blocks) throws IOException {
    merge(
        taker -> {
          for (byte[] block : blocks) {
            taker.take(block);
          }
        },
        0);
  }

  /** The largest number of times that an entry was spilled. */
  int deepest() {
    return deepest;
  }

  private void merge(Blocks blocks, int depth) throws IOException {
    deepest = Math.max(deepest, depth);
    try (Aside aside = new Aside(depth)) {
      try (Table table = tables.get()) {
        blocks.forEach(
            block -> {
              for (BlockReader entry = new BlockReader(block); entry.next(); ) {
                if (!table.add(entry)) {
                  aside.add(entry);
                }
              }
            });
        table.give();
      }
      for (int part = 0; part < PARTS; part++) {
        HeldBlocks held = aside.take(part);
        if (held != null) {
          try (held) {
            merge(held::forEach, depth + 1);
          }
        }
      }
    }
  }

  /** Spilled entries. */
  private final class Aside implements AutoCloseable {

    private final int depth;
    private final @Nullable HeldBlocks[] parts = new HeldBlocks[PARTS];
    private final @Nullable BlockWriter[] writers = new BlockWriter[PARTS];

    Aside(int depth) {
      this.depth = depth;
    }

    void add(BlockReader entry) throws IOException {
      int part = part(entry);
      BlockWriter writer = writers[part];
      if (writer == null) {
        writer = new BlockWriter();
        writers[part] = writer;
        parts[part] = new HeldBlocks(budget);
      }
      writer.copy(entry);
      if (writer.size() >= PART_BYTES) {
        parts[part].add(writer.toBytes());
        writer.clear();
      }
    }

    /**
     * Each depth uses other bits; otherwise a part would become one part again. Keys that are still
     * together after {@link #PLAIN} levels may have been chosen for their equal hashes.
     */
    private int part(BlockReader entry) {
      int hash =
          depth < PLAIN
              ? entry.keyHash()
              : KeyedHash.of(entry.block(), entry.keyOffset(), entry.keyLength());
      int mixed = (hash ^ ((depth + 1) * 0x9E3779B9)) * 0x85EBCA6B;
      mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
      return mixed >>> 28;
    }

    /** The spilled blocks of a part; the caller must close them. */
    @Nullable HeldBlocks take(int part) throws IOException {
      HeldBlocks held = parts[part];
      BlockWriter writer = writers[part];
      if (held == null || writer == null) {
        return null;
      }
      if (writer.size() > 0) {
        held.add(writer.toBytes());
      }
      writers[part] = null;
      parts[part] = null;
      return held;
    }

    @Override
    public void close() throws IOException {
      for (HeldBlocks held : parts) {
        if (held != null) {
          held.close();
        }
      }
    }
  }
}
