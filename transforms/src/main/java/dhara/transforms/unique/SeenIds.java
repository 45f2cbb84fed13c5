package dhara.transforms.unique;

import dhara.transforms.shards.BlockCoder;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.TableBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.datasketches.hash.MurmurHash3;

/**
 * The ids that a shard has seen, until the watermark has passed their times by the horizon.
 *
 * <p>State is a bag of blocks for each shard. An entry is the hash of an id and the event time of
 * its first copy: 24 bytes, however long the id is. Reading the bag for each new block would take
 * time quadratic in the number of ids, so a worker holds an {@link IdTable} of each shard's ids in
 * memory, 24 to 48 bytes per id. The table is only a cache: the {@link Stage} has a token of the
 * bag's content, which shows whether a table matches the bag; if not, the bag is read once to
 * rebuild it.
 *
 * <p>A timer reports the watermark about once per horizon. Expired ids stay in the bag until it has
 * doubled since it was last swept, or until all its ids are expired. So an id is rewritten about
 * once, even if some ids are kept longer than others, and a bag holds at most twice the ids that
 * are needed, plus those of one more horizon.
 */
final class SeenIds {

  /** Takes events in their order. */
  @FunctionalInterface
  interface EventTaker {
    /**
     * Takes an event.
     *
     * @param event an entry of the new block
     * @param first whether its id was not seen before
     */
    void take(BlockReader event, boolean first) throws IOException;
  }

  /**
   * The progress of a shard.
   *
   * @param token identifies the content of the bag
   * @param bytes size of the bag
   * @param least its size after the last sweep
   * @param latest time of the latest event in it, epoch milliseconds
   * @param watermark the watermark that the timer reported last
   * @param timer when the timer fires next
   */
  record Stage(long token, long bytes, long least, long latest, long watermark, long timer) {

    static final Stage NEW = new Stage(0, 0, 0, Long.MIN_VALUE, Long.MIN_VALUE, NEVER);

    /** With more in the bag. */
    private Stage with(byte[] ids, long newLatest, long newTimer) {
      long newToken = MurmurHash3.hash(ids, token)[0];
      return new Stage(newToken, bytes + ids.length, least, newLatest, watermark, newTimer);
    }

    /** With this left in the bag. */
    private Stage swept(long left) {
      long newToken = MurmurHash3.hash(watermark, token)[0];
      return new Stage(newToken, left, left, latest, watermark, timer);
    }

    private Stage at(long newWatermark, long newTimer) {
      return new Stage(token, bytes, least, latest, newWatermark, newTimer);
    }
  }

  /** The time of the timer if nothing will expire. */
  static final long NEVER = Long.MAX_VALUE;

  /** The coder of the bag. */
  static final BlockCoder<byte[], Void> BLOCKS = BlockCoder.of(ByteArrayCoder.of(), VoidCoder.of());

  /** Below this size, sweeping a bag is not worth the work. */
  private static final int SWEPT_BYTES = 16 << 10;

  /** Engines bound the size of an element of a bag. */
  private static final int MOST_BYTES = 1 << 20;

  /**
   * If the last id is needed for many more horizons, the timer does not fire after each, but after
   * this fraction of the remaining time.
   */
  private static final int PARTS = 8;

  private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final long horizonMillis;
  private final IdTables tables;
  private final BlockWriter news = new BlockWriter();

  /**
   * Keeps ids for a time.
   *
   * @param horizonMillis how long after its event's time an id is needed, at least 1
   * @param budget how much memory the tables may take; tables beyond it are rebuilt for each block
   */
  SeenIds(long horizonMillis, TableBudget budget) {
    this.horizonMillis = Math.min(horizonMillis, END);
    this.tables = new IdTables(budget);
  }

  /**
   * Reports for each event of a block whether it is the first with its id; returns the new
   * progress.
   */
  Stage see(int shard, byte[] block, Stage now, BagState<byte[]> seen, EventTaker taker)
      throws IOException {
    IdTable ids = tables.take(shard, now.token);
    if (ids == null) {
      ids = new IdTable().addAll(seen.read());
    }
    news.clear();
    long earliest = Long.MAX_VALUE;
    long latest = now.latest;
    for (BlockReader event = new BlockReader(block); event.next(); ) {
      boolean first = ids.add(event);
      if (first) {
        long at = event.revision();
        news.add(event.block(), event.keyOffset(), event.keyLength(), at, null, VoidCoder.of());
        earliest = Math.min(earliest, at);
        latest = Math.max(latest, at);
      }
      taker.take(event, first);
    }
    Stage next = now;
    if (news.size() > 0) {
      byte[] added = news.toBytes();
      seen.add(added);
      // For late events the next report of the watermark is soon enough.
      long due = Math.max(until(earliest), until(now.watermark));
      next = now.with(added, latest, Math.min(now.timer, due));
    }
    tables.put(shard, next.token, ids);
    return next;
  }

  /** Drops the ids that the watermark has expired; returns the new progress. */
  Stage forget(int shard, long watermark, Stage now, BagState<byte[]> seen) throws IOException {
    if (watermark >= until(now.latest)) {
      seen.clear();
      tables.drop(shard);
      return new Stage(now.token, 0, 0, Long.MIN_VALUE, watermark, NEVER).swept(0);
    }
    long pause = Math.max(horizonMillis, (until(now.latest) - watermark) / PARTS);
    Stage next = now.at(watermark, Math.min(watermark + pause, END));
    return next.bytes < Math.max(SWEPT_BYTES, 2 * next.least) ? next : sweep(shard, next, seen);
  }

  private Stage sweep(int shard, Stage now, BagState<byte[]> seen) throws IOException {
    IdTable ids = new IdTable();
    List<byte[]> left = new ArrayList<>();
    news.clear();
    for (byte[] block : seen.read()) {
      for (BlockReader id = new BlockReader(block); id.next(); ) {
        if (until(id.revision()) > now.watermark) {
          ids.add(id);
          news.add(id.block(), id.keyOffset(), id.keyLength(), id.revision(), null, VoidCoder.of());
          if (news.size() >= MOST_BYTES) {
            left.add(news.toBytes());
            news.clear();
          }
        }
      }
    }
    if (news.size() > 0) {
      left.add(news.toBytes());
    }
    seen.clear();
    long bytes = 0;
    for (byte[] block : left) {
      seen.add(block);
      bytes += block.length;
    }
    Stage next = now.swept(bytes);
    tables.put(shard, next.token, ids);
    return next;
  }

  /** Drops all tables; the state is unchanged. */
  void close() {
    tables.clear();
  }

  /** The watermark at which an id expires; at most the largest watermark. */
  private long until(long at) {
    return at < 0 ? at + horizonMillis : Math.min(at, END - horizonMillis) + horizonMillis;
  }
}
