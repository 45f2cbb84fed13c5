package dhara.transforms.unique;

import dhara.transforms.shards.BlockReader;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A set of ids, each as its {@link IdHash}: 24 to 48 bytes per id, however long the id is.
 *
 * <p>Nobody can craft ids that collide in the table, because a slot depends on a random number of
 * each table.
 */
final class IdTable {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Open addressing, two longs per slot, at most two thirds full; zeros mark an empty slot.
  private long[] slots = new long[2 * 16];
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private int size;

  /** Adds the hashes of all entries' keys. */
  IdTable addAll(Iterable<byte[]> blocks) throws IOException {
    for (byte[] block : blocks) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        add(reader);
      }
    }
    return this;
  }

  /** Adds the hash that is an entry's key; true if it is new. */
  boolean add(BlockReader entry) {
    if (entry.keyLength() != IdHash.BYTES) {
      throw new IllegalArgumentException(
          "the hash of an id has " + IdHash.BYTES + " bytes, not " + entry.keyLength());
    }
    long high = (long) LONG.get(entry.block(), entry.keyOffset());
    long low = (long) LONG.get(entry.block(), entry.keyOffset() + Long.BYTES);
    return add(high, high == 0 && low == 0 ? 1 : low);
  }

  private boolean add(long high, long low) {
    int mask = slots.length / 2 - 1;
    int slot = place(high, low) & mask;
    while (!empty(slot)) {
      if (slots[2 * slot] == high && slots[2 * slot + 1] == low) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    put(slot, high, low);
    if (++size * 3L > mask * 2L) {
      grow();
    }
    return true;
  }

  private int place(long high, long low) {
    return (int) (((low ^ Long.rotateLeft(high, 32)) * salt) >>> 32);
  }

  /** How many ids there are. */
  int size() {
    return size;
  }

  /** How much memory they take. */
  long bytes() {
    return (long) slots.length * Long.BYTES;
  }

  private boolean empty(int slot) {
    return slots[2 * slot] == 0 && slots[2 * slot + 1] == 0;
  }

  private void put(int slot, long high, long low) {
    slots[2 * slot] = high;
    slots[2 * slot + 1] = low;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[Math.multiplyExact(old.length, 2)];
    int mask = slots.length / 2 - 1;
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != 0 || old[i + 1] != 0) {
        int slot = place(old[i], old[i + 1]) & mask;
        while (!empty(slot)) {
          slot = (slot + 1) & mask;
        }
        put(slot, old[i], old[i + 1]);
      }
    }
  }
}
