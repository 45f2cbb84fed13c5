package dhara.transforms.join;

import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The versions of the shards of a stream: a bag of blocks in state for each, and on the worker a
 * table of the bag's content, if there is memory for it.
 *
 * <p>Versions that no fact can need any more stay in the bag until it has doubled since the last
 * sweep. So each version is rewritten about once, and a bag holds at most twice the needed
 * versions, plus those that came within the time for which versions are kept.
 */
final class HeldVersions<T extends Record> {

  /** Below this size, sweeping a bag is not worth the work. */
  static final int SWEPT_BYTES = 16 << 10;

  /** Engines bound the size of an element of a bag. */
  private static final int MOST_BYTES = 1 << 20;

  private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final Coder<Version<T>> coder;
  private final long keptMillis;
  private final Tables<T> tables;

  /**
   * Keeps versions for a time.
   *
   * @param keptMillis how far behind the watermark facts may ask, and versions come
   * @param budget how much memory the tables may take
   */
  HeldVersions(Coder<Version<T>> coder, long keptMillis, TableBudget budget) {
    this.coder = coder;
    this.keptMillis = keptMillis;
    this.tables = new Tables<>(budget);
  }

  /** Adds a block of versions; returns the new progress, with the time of the next sweep. */
  Standing add(int shard, byte[] block, Standing now, BagState<byte[]> held) throws IOException {
    held.add(block);
    boolean doubled = now.bytes() + block.length >= Math.max(SWEPT_BYTES, 2 * now.least());
    long sweep =
        doubled && now.forget() == Standing.NEVER
            // At that time no fact needs the replaced versions any more.
            ? plus(JoinBlocks.latest(block), keptMillis)
            : now.forget();
    Standing next = now.with(block, sweep);
    Tables.Held<T> cached = tables.take(shard, now.token());
    if (cached != null) {
      cached.fresh().add(block);
      tables.put(shard, next.token(), next.bytes(), cached);
    }
    return next;
  }

  /** The versions of a shard as a table, which must not be modified. */
  ReferenceTable<T> table(int shard, Standing now, BagState<byte[]> held) throws IOException {
    ReferenceTable<T> table = taken(shard, now, held);
    keep(shard, now, table);
    return table;
  }

  private void keep(int shard, Standing now, ReferenceTable<T> table) {
    tables.put(shard, now.token(), now.bytes(), new Tables.Held<>(table, new ArrayList<>()));
  }

  private ReferenceTable<T> taken(int shard, Standing now, BagState<byte[]> held)
      throws IOException {
    Tables.@Nullable Held<T> cached = tables.take(shard, now.token());
    ReferenceTable<T> table = cached == null ? new ReferenceTable<>() : cached.table();
    for (byte[] block : cached == null ? held.read() : cached.fresh()) {
      JoinBlocks.read(block, coder, table);
    }
    return table;
  }

  /**
   * Drops the versions that no fact needs when the watermark is there; returns the new progress.
   */
  Standing sweep(int shard, long watermark, Standing now, BagState<byte[]> held)
      throws IOException {
    // Waiting facts may be older than those that are still to come.
    long asked = Math.min(watermark - keptMillis, now.earliest());
    ReferenceTable<T> table = taken(shard, now, held);
    table.prune(Instant.ofEpochMilli(asked));
    held.clear();
    long bytes = 0;
    for (byte[] block : rewritten(table)) {
      held.add(block);
      bytes += block.length;
    }
    Standing next = now.swept(bytes, Math.max(now.forgotten(), asked));
    keep(shard, next, table);
    return next;
  }

  /** Copies the versions of a table to new blocks; the others are not needed any more. */
  private static <T extends Record> List<byte[]> rewritten(ReferenceTable<T> table) {
    List<byte[]> blocks = new ArrayList<>();
    BlockWriter writer = new BlockWriter();
    List<HeldVersion<T>> copied = new ArrayList<>();
    table.forEach(
        version -> {
          version.copyTo(writer);
          copied.add(version);
          if (writer.size() >= MOST_BYTES) {
            blocks.add(moved(copied, writer));
          }
        });
    if (writer.size() > 0) {
      blocks.add(moved(copied, writer));
    }
    return blocks;
  }

  private static <T extends Record> byte[] moved(List<HeldVersion<T>> copied, BlockWriter writer) {
    byte[] block = writer.toBytes();
    int start = 0;
    for (HeldVersion<T> version : copied) {
      start = version.moveTo(block, start);
    }
    copied.clear();
    writer.clear();
    return block;
  }

  /** Drops all tables; the state is unchanged. */
  void close() {
    tables.clear();
  }

  /** A later time, at most the maximum. */
  static long plus(long at, long millis) {
    return at < 0 ? at + millis : Math.min(at, END - millis) + millis;
  }
}
