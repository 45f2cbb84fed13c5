package dhara.transforms.unique;

import dhara.transforms.shards.BlockReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.datasketches.hash.MurmurHash3;

/**
 * Decides which of many events are the first of their ids: the earliest in event time and, among
 * those at the same millisecond, the one whose bytes have the smallest hash. So the result is a
 * function of the set of events, whatever their order.
 *
 * <p>It holds five numbers per id (60 to 120 bytes) and a bit per event, whatever the size of the
 * events. Events are identified by their index in the order of arrival.
 */
final class FirstCopies {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /**
   * For each id: both halves of its hash, and for its first copy the time, a hash, and the index +
   * 1.
   */
  private static final int LONGS = 5;

  private static final int AT = 2;
  private static final int CONTENT = 3;
  private static final int NUMBER = 4;

  // Open addressing, at most two thirds full; a slot with index 0 is empty.
  private long[] slots = new long[LONGS * 64];
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private final BitSet copies = new BitSet();
  private int ids;
  private int events;

  /**
   * Adds the next event: an entry whose key is the hash of its id, and whose revision is its time.
   */
  void add(BlockReader event) {
    if (event.keyLength() != IdHash.BYTES) {
      throw new IllegalArgumentException(
          "the hash of an id has " + IdHash.BYTES + " bytes, not " + event.keyLength());
    }
    long high = (long) LONG.get(event.block(), event.keyOffset());
    long low = (long) LONG.get(event.block(), event.keyOffset() + Long.BYTES);
    long at = event.revision();
    long content =
        MurmurHash3.hash(event.block(), event.sumOffset(), event.end() - event.sumOffset(), 0)[0];
    int number = events;
    events = Math.incrementExact(events);
    int slot = slot(high, low);
    long first = slots[slot + NUMBER];
    if (first == 0) {
      put(slot, high, low, at, content, number + 1L);
      ids++;
      if (ids * 3L > slots.length / LONGS * 2L) {
        grow();
      }
    } else if (at < slots[slot + AT]
        || (at == slots[slot + AT] && content < slots[slot + CONTENT])) {
      copies.set((int) first - 1);
      put(slot, high, low, at, content, number + 1L);
    } else {
      copies.set(number);
    }
  }

  /** Whether an event is the first of its id among all that were added. */
  boolean isFirst(int number) {
    return !copies.get(number);
  }

  /** How many ids there are. */
  int ids() {
    return ids;
  }

  /** How many events there are. */
  int events() {
    return events;
  }

  /** The slot of an id, or the free slot for it. */
  private int slot(long high, long low) {
    int mask = slots.length / LONGS - 1;
    int place = (int) (((low ^ Long.rotateLeft(high, 32)) * salt) >>> 32) & mask;
    while (slots[LONGS * place + NUMBER] != 0
        && (slots[LONGS * place] != high || slots[LONGS * place + 1] != low)) {
      place = (place + 1) & mask;
    }
    return LONGS * place;
  }

  private void put(int slot, long high, long low, long at, long content, long number) {
    slots[slot] = high;
    slots[slot + 1] = low;
    slots[slot + AT] = at;
    slots[slot + CONTENT] = content;
    slots[slot + NUMBER] = number;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[Math.multiplyExact(old.length, 2)];
    for (int i = 0; i < old.length; i += LONGS) {
      if (old[i + NUMBER] != 0) {
        System.arraycopy(old, i, slots, slot(old[i], old[i + 1]), LONGS);
      }
    }
  }
}
