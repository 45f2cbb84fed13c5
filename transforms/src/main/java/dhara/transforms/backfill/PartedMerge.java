package dhara.transforms.backfill;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.HeldBlocks;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Merges the blocks of a shard in bounded memory, however many keys they have. Entries of keys that
 * find no room in the table are put aside as bytes, in parts by the hash of their key, and each
 * part is merged by itself when the table has been given: in memory as far as there is some, else
 * in temporary files. That is a hybrid hash join's way to aggregate: what fits is never written,
 * and what does not is written and read once for each level.
 *
 * <p>Two designs were weighed. To sort each block by window, and to merge sorted blocks, would need
 * the sums of one window at a time only; but all blocks must be there before the first is merged,
 * so that each is kept, and mostly written, even if all sums fit in memory.
 */
public final class PartedMerge {

  /** What entries are merged in. */
  public interface Table extends AutoCloseable {

    /**
     * Adds an entry.
     *
     * @return false if its key is not in the table and finds no room; an empty table has room
     */
    boolean add(BlockReader entry) throws IOException;

    /** Gives what was merged. */
    void give() throws IOException;

    /** Gives the room back. */
    @Override
    void close();
  }

  /** Blocks that can be gone through once. */
  @FunctionalInterface
  private interface Blocks {
    void forEach(HeldBlocks.HeldBlockTaker taker) throws IOException;
  }

  private static final int PARTS = 16;

  /** Like blocks that come from elsewhere: large enough to be worth an array. */
  private static final int PART_BYTES = 48 << 10;

  private final Supplier<? extends Table> tables;
  private final TableBudget budget;
  private int deepest;

  /**
   * Merges in tables.
   *
   * @param tables a new, empty table
   * @param budget what blocks that are put aside may take in memory
   */
  public PartedMerge(Supplier<? extends Table> tables, TableBudget budget) {
    this.tables = tables;
    this.budget = budget;
  }

  /** Merges blocks, and gives what they have. */
  public void merge(Iterable<byte[]> blocks) throws IOException {
    merge(
        taker -> {
          for (byte[] block : blocks) {
            taker.take(block);
          }
        },
        0);
  }

  /** How often entries were put aside, at the most. */
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

  /** Entries that found no room. */
  private final class Aside implements AutoCloseable {

    private final int depth;
    private final @Nullable HeldBlocks[] parts = new HeldBlocks[PARTS];
    private final @Nullable BlockWriter[] writers = new BlockWriter[PARTS];

    Aside(int depth) {
      this.depth = depth;
    }

    void add(BlockReader entry) throws IOException {
      int part = part(entry.keyHash());
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

    /** Each depth divides by other bits: else all of a part would be one part again. */
    private int part(int hash) {
      int mixed = (hash ^ ((depth + 1) * 0x9E3779B9)) * 0x85EBCA6B;
      mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
      return mixed >>> 28;
    }

    /** What was put aside in a part, to be closed by who takes it. */
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
