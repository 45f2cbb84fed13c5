package dhara.transforms.aggregate;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A table of sums by key, for merging blocks. */
final class SumTable<AccT> {

  /** A key and its sum. */
  private static final class Entry<AccT> extends KeyTable.Entry {
    private long revision;
    private AccT sum;
    private @Nullable AccT before;

    Entry(BlockReader reader, int hash, AccT sum) {
      super(reader, hash);
      this.revision = reader.revision();
      this.sum = sum;
    }
  }

  /** Takes the sum of a key. */
  @FunctionalInterface
  interface SumTaker<K, AccT> {
    void take(K key, long revision, AccT sum) throws IOException;
  }

  private final BinaryOperator<AccT> plus;
  private final Coder<AccT> coder;
  private final KeyTable<Entry<AccT>> keys = new KeyTable<>();
  private long added;

  /**
   * An empty table.
   *
   * @param plus adds up; may modify its first argument
   */
  SumTable(BinaryOperator<AccT> plus, Coder<AccT> coder) {
    this.plus = plus;
    this.coder = coder;
  }

  /** How many sums were added, over all keys. */
  long added() {
    return added;
  }

  /** How many keys there are. */
  int size() {
    return keys.size();
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
      int slot = keys.slot(reader, hash);
      Entry<AccT> entry = keys.at(slot);
      added++;
      if (entry == null) {
        keys.put(slot, new Entry<>(reader, hash, reader.sum(coder)));
      } else {
        add(entry, reader);
      }
    }
    return this;
  }

  private void add(Entry<AccT> entry, BlockReader reader) throws IOException {
    entry.sum = plus.apply(entry.sum, reader.sum(coder));
    entry.revision += reader.revision();
  }

  /** Keeps for each key the sum with the highest revision, from the table or the blocks. */
  SumTable<AccT> replace(Iterable<byte[]> blocks) throws IOException {
    for (byte[] block : blocks) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        int hash = reader.keyHash();
        int slot = keys.slot(reader, hash);
        Entry<AccT> entry = keys.at(slot);
        if (entry == null) {
          keys.put(slot, new Entry<>(reader, hash, reader.sum(coder)));
        } else if (reader.revision() > entry.revision) {
          entry.sum = reader.sum(coder);
          entry.revision = reader.revision();
        }
      }
    }
    return this;
  }

  /**
   * Combines the sums in the table with those that were answered before: adds to each the earlier
   * sum of its key with the highest revision, and takes the next revision. Earlier sums of other
   * keys are skipped without decoding.
   *
   * @param earlier blocks of earlier sums; a key may be in several of them
   * @param first the revision of a key that was not answered before
   */
  SumTable<AccT> revise(Iterable<byte[]> earlier, long first) throws IOException {
    for (Entry<AccT> entry : keys) {
      entry.revision = first;
    }
    for (byte[] block : earlier) {
      for (BlockReader reader = new BlockReader(block); reader.next(); ) {
        Entry<AccT> entry = keys.at(keys.slot(reader, reader.keyHash()));
        if (entry != null && (entry.before == null || reader.revision() >= entry.revision)) {
          entry.before = reader.sum(coder);
          entry.revision = reader.revision() + 1;
        }
      }
    }
    for (Entry<AccT> entry : keys) {
      if (entry.before != null) {
        entry.sum = plus.apply(entry.before, entry.sum);
        entry.before = null;
      }
    }
    return this;
  }

  /** Takes the sum of a key, with the key still encoded. */
  @FunctionalInterface
  interface EntryTaker<AccT> {
    void take(KeyTable.Entry key, long revision, AccT sum) throws IOException;
  }

  /** Passes on every key, still encoded, with its sum. */
  void forEach(EntryTaker<AccT> taker) throws IOException {
    for (Entry<AccT> entry : keys) {
      taker.take(entry, entry.revision, entry.sum);
    }
  }

  /** Passes on every key with its sum. */
  <K> void forEach(Coder<K> keyCoder, SumTaker<K, AccT> taker) throws IOException {
    for (Entry<AccT> entry : keys) {
      taker.take(entry.key(keyCoder), entry.revision, entry.sum);
    }
  }

  /** The whole table as one block. */
  byte[] toBlock() throws IOException {
    BlockWriter writer = new BlockWriter();
    for (Entry<AccT> entry : keys) {
      entry.write(writer, entry.revision, out -> coder.encode(entry.sum, out));
    }
    return writer.toBytes();
  }
}
