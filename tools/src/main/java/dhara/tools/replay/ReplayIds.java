package dhara.tools.replay;

/**
 * The ids seen so far, as 64-bit hashes: 11 to 32 bytes of memory each. Among ten million ids, the
 * probability that any two collide is three in a million.
 */
final class ReplayIds {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long[] table = new long[1 << 16];
  private int size;

  /** Adds an id; false if it was there already. */
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

  /** FNV-1a with the finalizer of MurmurHash3; never zero, which marks a free slot. */
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
