package dhara.transforms.shards;

import dhara.records.KeyedHash;
import dhara.records.RecordInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A hash table of keys, for merging blocks. Keys stay encoded: decoding a key, and hashing and
 * comparing it as an object, would take longer than the addition, and it is needed only once per
 * answer, not once per block.
 *
 * <p>Whoever sends events may choose keys with equal hashes, because these are the same in every
 * process, and each new key would be compared with all others. So if one is looked for in too many
 * slots, the table changes to {@link KeyedHash}.
 */
public final class KeyTable<E extends KeyTable.Entry> implements Iterable<E> {

  /** A key, as a range of bytes. */
  public abstract static class Entry {

    private final byte[] block;
    private final int offset;
    private final int length;
    private final int hash;
    private @Nullable Entry after;

    /** The current key of a reader. */
    public Entry(BlockReader reader, int hash) {
      this.block = reader.block();
      this.offset = reader.keyOffset();
      this.length = reader.keyLength();
      this.hash = hash;
    }

    /** A copy of a key, so that no block is kept for it. */
    public Entry(KeyCopies.Copy key, int hash) {
      this.block = key.bytes();
      this.offset = key.offset();
      this.length = key.length();
      this.hash = hash;
    }

    /** Whether this is the current key of a reader. */
    public boolean hasKeyOf(BlockReader reader) {
      return Arrays.equals(
          block,
          offset,
          offset + length,
          reader.block(),
          reader.keyOffset(),
          reader.keyOffset() + reader.keyLength());
    }

    /** The hash of the key. */
    public int hash() {
      return hash;
    }

    private int keyedHash() {
      return KeyedHash.of(block, offset, length);
    }

    /** The bytes of the key; a new array. */
    public byte[] keyBytes() {
      return Arrays.copyOfRange(block, offset, offset + length);
    }

    /** The key. */
    public <K> K key(Coder<K> keys) throws IOException {
      return keys.decode(new RecordInput(block, offset, offset + length));
    }

    /** Writes the key with a sum. */
    public void write(BlockWriter writer, long revision, BlockWriter.Body body) throws IOException {
      writer.add(block, offset, length, revision, body);
    }
  }

  /**
   * The most slots that are looked at for a key. Of 100 million keys that nobody chose, the longest
   * run of slots that are taken is expected to have about this length.
   */
  private static final int MOST_SLOTS = 128;

  private int size;
  private boolean keyed;
  private @Nullable E first;
  private @Nullable Entry last;

  // Open addressing, at most half full. Hashes are compared here, because to look into an entry is
  // to wait for memory.
  @SuppressWarnings("unchecked")
  private @Nullable E[] entries = (E[]) new Entry[128];

  private int[] hashes = new int[entries.length];

  /** How many keys there are. */
  public int size() {
    return size;
  }

  /** The slot of a reader's current key, or the free slot for it. */
  public int slot(BlockReader reader, int hash) {
    if (keyed) {
      return keyedSlot(reader);
    }
    int mask = entries.length - 1;
    int slot = hash & mask;
    Entry entry = entries[slot];
    for (int left = MOST_SLOTS;
        entry != null && (hashes[slot] != hash || !entry.hasKeyOf(reader));
        left--) {
      if (left == 0) {
        toKeyed();
        return keyedSlot(reader);
      }
      slot = (slot + 1) & mask;
      entry = entries[slot];
    }
    return slot;
  }

  private int keyedSlot(BlockReader reader) {
    int hash = KeyedHash.of(reader.block(), reader.keyOffset(), reader.keyLength());
    int mask = entries.length - 1;
    int slot = hash & mask;
    Entry entry = entries[slot];
    while (entry != null && (hashes[slot] != hash || !entry.hasKeyOf(reader))) {
      slot = (slot + 1) & mask;
      entry = entries[slot];
    }
    return slot;
  }

  private void toKeyed() {
    keyed = true;
    for (int slot = 0; slot < entries.length; slot++) {
      Entry entry = entries[slot];
      if (entry != null) {
        hashes[slot] = entry.keyedHash();
      }
    }
    rebuild(entries.length);
  }

  /** The entry of a slot. */
  public @Nullable E at(int slot) {
    return entries[slot];
  }

  /** Puts a new key into a free slot. */
  public void put(int slot, E entry) {
    Entry added = entry;
    entries[slot] = entry;
    hashes[slot] = keyed ? added.keyedHash() : added.hash;
    if (last == null) {
      first = entry;
    } else {
      last.after = added;
    }
    last = added;
    size++;
    if (size * 2 > entries.length) {
      rebuild(Math.multiplyExact(entries.length, 2));
    }
  }

  @SuppressWarnings("unchecked")
  private void rebuild(int slots) {
    @Nullable E[] old = entries;
    int[] oldHashes = hashes;
    entries = (E[]) new Entry[slots];
    hashes = new int[entries.length];
    int mask = entries.length - 1;
    for (int from = 0; from < old.length; from++) {
      if (old[from] != null) {
        int slot = oldHashes[from] & mask;
        while (entries[slot] != null) {
          slot = (slot + 1) & mask;
        }
        entries[slot] = old[from];
        hashes[slot] = oldHashes[from];
      }
    }
  }

  /** The keys in the order in which they were added, which is that of their memory. */
  @Override
  public Iterator<E> iterator() {
    return new Iterator<>() {

      private @Nullable E next = first;

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      @SuppressWarnings("unchecked") // all entries are E
      public E next() {
        E entry = next;
        if (entry == null) {
          throw new NoSuchElementException("all keys have been seen");
        }
        next = (E) ((Entry) entry).after;
        return entry;
      }
    };
  }
}
