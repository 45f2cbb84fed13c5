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
 * Which ids a shard has seen, until the watermark is past their times by the horizon.
 *
 * <p>State is a bag of blocks for each shard, of which an entry is the hash of an id and the event
 * time of its first copy: 24 bytes, however long the id is. To read a bag for each block that comes
 * would take time that grows with the square of the ids; so a worker has a {@link IdTable} of each
 * shard's ids beside it, 24 to 48 bytes an id. The table is no state: the {@link Stage} has a token
 * of what is in the bag, by which one sees whether a table is of this bag, and where it is not the
 * bag is read once.
 *
 * <p>A timer says how far the watermark is, about once a horizon. What can be forgotten then is
 * left in the bag until the bag has doubled since it was swept last, or all of it can be: so an id
 * is rewritten about once, however many are awaited longer than others, and a bag has at most twice
 * the ids that are needed, and those of one more horizon.
 */
final class SeenIds {

  /** Takes what comes, in its order. */
  @FunctionalInterface
  interface Taker {
    /**
     * Takes an event.
     *
     * @param event an entry of the block that came
     * @param first whether its id was not seen before
     */
    void take(BlockReader event, boolean first) throws IOException;
  }

  /**
   * Where a shard stands.
   *
   * @param token of all that was put into the bag and swept from it
   * @param bytes size of the bag
   * @param least what it took when it was swept last
   * @param latest time of the latest event in it, epoch milliseconds
   * @param watermark how far the watermark is, as far as the timer has told
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

  /** What the timer is set to where nothing is to be forgotten. */
  static final long NEVER = Long.MAX_VALUE;

  /** Codes the bag. */
  static final BlockCoder<byte[], Void> BLOCKS = BlockCoder.of(ByteArrayCoder.of(), VoidCoder.of());

  /** Below this, to sweep a bag saves no memory worth the work. */
  private static final int SWEPT_BYTES = 16 << 10;

  /** Engines bound what one element of a bag takes. */
  private static final int MOST_BYTES = 1 << 20;

  /**
   * Where the last id is awaited for many horizons, the timer does not fire after each, but after
   * such a part of the time that is left.
   */
  private static final int PARTS = 8;

  private static final long END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private final long horizonMillis;
  private final IdTables tables;
  private final BlockWriter news = new BlockWriter();

  /**
   * Ids for a time.
   *
   * @param horizonMillis how long after its event's time an id is needed, at least 1
   * @param budget how much memory the tables may take; where they need more, those that it has no
   *     room for are made anew for each block
   */
  SeenIds(long horizonMillis, TableBudget budget) {
    this.horizonMillis = Math.min(horizonMillis, END);
    this.tables = new IdTables(budget);
  }

  /** Tells of each event of a block whether it is the first with its id; where the shard stands. */
  Stage see(int shard, byte[] block, Stage now, BagState<byte[]> seen, Taker taker)
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
      // Of what comes late the watermark is told soon enough.
      long due = Math.max(until(earliest), until(now.watermark));
      next = now.with(added, latest, Math.min(now.timer, due));
    }
    tables.put(shard, next.token, ids);
    return next;
  }

  /** Forgets what the watermark says can be; where the shard stands then. */
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

  /** Forgets all tables, which takes nothing from the state. */
  void close() {
    tables.clear();
  }

  /** How far the watermark must be for an id to be forgotten: no further than it ever gets. */
  private long until(long at) {
    return at < 0 ? at + horizonMillis : Math.min(at, END - horizonMillis) + horizonMillis;
  }
}
