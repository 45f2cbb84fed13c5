package dhara.transforms.order;

import dhara.transforms.backfill.BoundedTable;
import dhara.transforms.backfill.Room;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyCopies;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;

/** The encoded events of a shard of a backfill, by key, in a table of bounded size. */
final class ShardEvents extends BoundedTable<ShardEvents.Entry> {

  /** The memory of a key beyond its bytes. */
  private static final int ENTRY_BYTES = 400;

  /** The block of a key's events grows by doubling. */
  private static final int SPARE = 2;

  /** A key and its events. */
  static final class Entry extends KeyTable.Entry {

    private final BlockWriter events = new BlockWriter();

    Entry(KeyCopies.Copy key, int hash) {
      super(key, hash);
    }
  }

  /** Takes the events of a key. */
  @FunctionalInterface
  interface ShardEventTaker {
    void take(KeyTable.Entry key, byte[] events) throws IOException;
  }

  private final ShardEventTaker taker;

  /**
   * An empty table.
   *
   * @param room its memory; closed with it
   * @param taker takes all keys at the end
   */
  ShardEvents(Room room, ShardEventTaker taker) {
    super(room);
    this.taker = taker;
  }

  @Override
  protected long bytes(BlockReader first) {
    return ENTRY_BYTES + SPARE * ((long) first.keyLength() + first.sumLength());
  }

  @Override
  protected Entry entry(KeyCopies.Copy key, int hash, BlockReader first) {
    Entry entry = new Entry(key, hash);
    entry.events.copy(first);
    return entry;
  }

  @Override
  protected void plus(Entry entry, BlockReader reader) {
    more(SPARE * ((long) reader.keyLength() + reader.sumLength()));
    entry.events.copy(reader);
  }

  @Override
  public void give() throws IOException {
    for (Entry entry : entries()) {
      taker.take(entry, entry.events.toBytes());
    }
  }
}
