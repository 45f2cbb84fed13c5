package dhara.benchmarks.backfill;

import java.util.Arrays;

/** A set of whole numbers from 0 on, without boxes: open addressing, at most half full. */
final class IntSet {

  private static final int EMPTY = -1;

  private int[] slots = {EMPTY, EMPTY};
  private int size;

  void add(int number) {
    if (put(slots, number)) {
      size++;
      if (2 * size > slots.length) {
        int[] larger = new int[2 * slots.length];
        Arrays.fill(larger, EMPTY);
        for (int each : slots) {
          if (each != EMPTY) {
            put(larger, each);
          }
        }
        slots = larger;
      }
    }
  }

  int size() {
    return size;
  }

  private static boolean put(int[] slots, int number) {
    int mask = slots.length - 1;
    int hash = number * 0x9E3779B9;
    int slot = (hash ^ (hash >>> 16)) & mask;
    while (slots[slot] != EMPTY) {
      if (slots[slot] == number) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = number;
    return true;
  }
}
