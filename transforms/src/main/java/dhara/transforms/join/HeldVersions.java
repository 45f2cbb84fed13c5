package dhara.transforms.join;

import dhara.transforms.shards.BlockFn;
import dhara.transforms.shards.TableBudget;
import dhara.transforms.shards.TimedBlocks;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    ReferenceTable<T> table = tables.take(shard, now.token());
    if (table != null) {
      JoinBlocks.read(block, coder, table);
      tables.put(shard, next.token(), next.bytes(), table);
    }
    return next;
  }

  /** The versions of a shard as a table, which must not be modified. */
  ReferenceTable<T> table(int shard, Standing now, BagState<byte[]> held) throws IOException {
    ReferenceTable<T> table = taken(shard, now, held);
    tables.put(shard, now.token(), now.bytes(), table);
    return table;
  }

  private ReferenceTable<T> taken(int shard, Standing now, BagState<byte[]> held)
      throws IOException {
    @Nullable ReferenceTable<T> table = tables.take(shard, now.token());
    if (table != null) {
      return table;
    }
    ReferenceTable<T> read = new ReferenceTable<>();
    for (byte[] block : held.read()) {
      JoinBlocks.read(block, coder, read);
    }
    return read;
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
    for (byte[] block : blocks(table)) {
      held.add(block);
      bytes += block.length;
    }
    Standing next = now.swept(bytes, Math.max(now.forgotten(), asked));
    tables.put(shard, next.token(), bytes, table);
    return next;
  }

  private List<byte[]> blocks(ReferenceTable<T> table) {
    List<byte[]> blocks = new ArrayList<>();
    TimedBlocks<Version<T>> writer =
        new TimedBlocks<>(coder, 1, MOST_BYTES, (shard, block, earliest) -> blocks.add(block));
    BlockFn.Placer<Version<T>> placer = JoinBlocks.<Version<T>>toAll(JoinBlocks.VERSION).placer();
    table.forEach(
        version -> {
          try {
            placer.place(version, version.at().toEpochMilli(), writer);
          } catch (IOException e) {
            // Only memory is written, so the failure is in encoding this version.
            throw new UncheckedIOException("cannot encode " + version, e);
          }
        });
    writer.flush();
    return blocks;
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
