package dhara.tools.replay;

/**
 * Which ids were seen, by 64 bits of hash: 11 to 32 bytes of memory for each. Two ids of ten
 * million are taken for one with a chance of three in a million.
 */
final class ReplayIds {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long[] table = new long[1 << 16];
  private int size;

  /** Adds an id; false where it was there. */
  boolean add(String id) {
    if (size > table.length / 4 * 3) {
      grow();
    }
    return put(hash(id));
  }

  private boolean put(long hash) {
    int slot = (int) (hash >>> 32) & (table.length - 1);
    while (table[slot] != 0) {
      if (table[slot] == hash) {
        return false;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = hash;
    size++;
    return true;
  }

  private void grow() {
    long[] before = table;
    table = new long[Math.multiplyExact(2, before.length)];
    size = 0;
    for (long hash : before) {
      if (hash != 0) {
        put(hash);
      }
    }
  }

  /** FNV-1a, mixed as MurmurHash3 ends; zero stands for a free slot, and so never for an id. */
  private static long hash(String id) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    hash ^= hash >>> 33;
    return hash == 0 ? 1 : hash;
  }
}
