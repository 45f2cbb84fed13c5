package dhara.transforms;

import dhara.records.RecordInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Sums by key, while blocks are merged. Keys stay the bytes that they are in the blocks: to decode
 * a key and to hash and compare it as an object would take longer than the addition, and is needed
 * once an answer, not once a block.
 */
final class SumTable<AccT> {

  /** A key, where its bytes are, and its sum. */
  private static final class Entry<AccT> {
    private final byte[] block;
    private final int offset;
    private final int length;
    private final int hash;
    private long revision;
    private AccT sum;
    private @Nullable AccT before;

    Entry(BlockReader reader, int hash, AccT sum) {
      this.block = reader.block();
      this.offset = reader.keyOffset();
      this.length = reader.keyLength();
      this.hash = hash;
      this.revision = reader.revision();
      this.sum = sum;
    }

    boolean hasKeyOf(BlockReader reader, int otherHash) {
      return hash == otherHash
          && Arrays.equals(
              block,
              offset,
              offset + length,
              reader.block(),
              reader.keyOffset(),
              reader.keyOffset() + reader.keyLength());
    }
  }

  /** Takes what the table has of a key. */
  @FunctionalInterface
  interface Taker<K, AccT> {
    void take(K key, long revision, AccT sum) throws IOException;
  }

  private final BinaryOperator<AccT> plus;
  private final Coder<AccT> coder;
  private int size;
  private long added;

  // Open addressing, at most half full.
  @SuppressWarnings("unchecked")
  private @Nullable Entry<AccT>[] entries = (Entry<AccT>[]) new Entry<?>[128];

  /**
   * A table without sums.
   *
   * @param plus adds up; may change its first argument
   */
  SumTable(BinaryOperator<AccT> plus, Coder<AccT> coder) {
    this.plus = plus;
    this.coder = coder;
  }

  /** How many sums were added up, of however few keys. */
  long added() {
    return added;
  }

  /** How many keys there are. */
  int size() {
    return size;
  }

  /** Adds the sums in blocks, and their revisions, to those in the table. */
  SumTable<AccT> add(Iterable<byte[]> blocks) throws IOException {
    for (byte[] block : blocks) {
      add(block);
    }
    return this;
  }

  /** Adds the sums in a block, and their revisions, to those in the table. */
  SumTable<AccT> add(byte[] block) throws IOException {
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      int hash = reader.keyHash();
      int slot = slot(reader, hash);
      Entry<AccT> entry = entries[slot];
      added++;
      if (entry == null) {
        put(slot, new Entry<>(reader, hash, reader.sum(coder)));
      } else {
        add(entry, reader);
      }
    }
    return this;
  }

  /** The same, of the keys that are in the table already. */
  SumTable<AccT> addKnown(Iterable<byte[]> blocks) throws IOException {
    for (byte[] block : blocks) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        Entry<AccT> entry = entries[slot(reader, reader.keyHash())];
        if (entry != null) {
          add(entry, reader);
        }
      }
    }
    return this;
  }

  private void add(Entry<AccT> entry, BlockReader reader) throws IOException {
    entry.sum = plus.apply(entry.sum, reader.sum(coder));
    entry.revision += reader.revision();
  }

  /** Takes of each key the sum with the highest revision: the table's or one of the blocks'. */
  SumTable<AccT> replace(Iterable<byte[]> blocks) throws IOException {
    for (byte[] block : blocks) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        int hash = reader.keyHash();
        int slot = slot(reader, hash);
        Entry<AccT> entry = entries[slot];
        if (entry == null) {
          put(slot, new Entry<>(reader, hash, reader.sum(coder)));
        } else if (reader.revision() > entry.revision) {
          entry.sum = reader.sum(coder);
          entry.revision = reader.revision();
        }
      }
    }
    return this;
  }

  /**
   * Puts before the sums in the table what was answered for their keys already: adds to each the
   * earlier sum with the highest revision, and takes the revision that follows it. Earlier sums of
   * other keys are passed over, undecoded.
   *
   * @param earlier blocks of earlier sums; a key may be in several of them
   * @param first the revision of what was not answered before
   */
  SumTable<AccT> revise(Iterable<byte[]> earlier, long first) throws IOException {
    for (Entry<AccT> entry : entries) {
      if (entry != null) {
        entry.revision = first;
      }
    }
    for (byte[] block : earlier) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        Entry<AccT> entry = entries[slot(reader, reader.keyHash())];
        if (entry != null && (entry.before == null || reader.revision() >= entry.revision)) {
          entry.before = reader.sum(coder);
          entry.revision = reader.revision() + 1;
        }
      }
    }
    for (Entry<AccT> entry : entries) {
      if (entry != null && entry.before != null) {
        entry.sum = plus.apply(entry.before, entry.sum);
        entry.before = null;
      }
    }
    return this;
  }

  /** Gives every key with its sum. */
  <K> void forEach(Coder<K> keys, Taker<K, AccT> taker) throws IOException {
    for (Entry<AccT> entry : entries) {
      if (entry != null) {
        K key =
            keys.decode(new RecordInput(entry.block, entry.offset, entry.offset + entry.length));
        taker.take(key, entry.revision, entry.sum);
      }
    }
  }

  /** All of it as one block. */
  byte[] toBlock() throws IOException {
    BlockWriter writer = new BlockWriter();
    for (Entry<AccT> entry : entries) {
      if (entry != null) {
        writer.add(entry.block, entry.offset, entry.length, entry.revision, entry.sum, coder);
      }
    }
    return writer.toBytes();
  }

  /** Where a key is, or where it would be put. */
  private int slot(BlockReader reader, int hash) {
    int mask = entries.length - 1;
    int slot = hash & mask;
    Entry<AccT> entry = entries[slot];
    while (entry != null && !entry.hasKeyOf(reader, hash)) {
      slot = (slot + 1) & mask;
      entry = entries[slot];
    }
    return slot;
  }

  private void put(int slot, Entry<AccT> entry) {
    entries[slot] = entry;
    size++;
    if (size * 2 > entries.length) {
      grow();
    }
  }

  @SuppressWarnings("unchecked")
  private void grow() {
    @Nullable Entry<AccT>[] old = entries;
    entries = (Entry<AccT>[]) new Entry<?>[Math.multiplyExact(old.length, 2)];
    int mask = entries.length - 1;
    for (Entry<AccT> entry : old) {
      if (entry != null) {
        int slot = entry.hash & mask;
        while (entries[slot] != null) {
          slot = (slot + 1) & mask;
        }
        entries[slot] = entry;
      }
    }
  }
}
