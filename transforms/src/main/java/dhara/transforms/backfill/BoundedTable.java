package dhara.transforms.backfill;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyCopies;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;

/**
 * A table of keys in a {@link Room}: a new key is added only if there is room for it, while more
 * for a key that the table already has is always added, so that all entries of a key stay together.
 */
public abstract class BoundedTable<E extends KeyTable.Entry> implements PartedMerge.Table {

  private final Room room;
  private final KeyTable<E> keys = new KeyTable<>();
  private final KeyCopies copies = new KeyCopies();

  /**
   * An empty table.
   *
   * @param room the memory of the table; closed with it
   */
  protected BoundedTable(Room room) {
    this.room = room;
  }

  /** The memory of a new key with its first sum. */
  protected abstract long bytes(BlockReader first);

  /**
   * A new key with its first sum.
   *
   * @param key a copy of the key of {@code first}
   */
  protected abstract E entry(KeyCopies.Copy key, int hash, BlockReader first) throws IOException;

  /** Adds the current sum of a reader to its key. */
  protected abstract void plus(E entry, BlockReader reader) throws IOException;

  @Override
  public final boolean add(BlockReader reader) throws IOException {
    int hash = reader.keyHash();
    int slot = keys.slot(reader, hash);
    E entry = keys.at(slot);
    if (entry != null) {
      plus(entry, reader);
      return true;
    }
    long bytes = bytes(reader);
    if (!room.take(bytes)) {
      if (keys.size() > 0) {
        return false;
      }
      room.force(bytes);
    }
    keys.put(slot, entry(copies.of(reader), hash, reader));
    return true;
  }

  /** Takes room for more of a key, even if there is none. */
  protected final void more(long bytes) {
    room.force(bytes);
  }

  /** All keys. */
  protected final Iterable<E> entries() {
    return keys;
  }

  @Override
  public final void close() {
    room.close();
  }
}
