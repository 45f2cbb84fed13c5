package dhara.transforms.aggregate;

import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.BlockWriter;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Sums by key, while blocks are merged. */
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

  /** Takes what the table has of a key. */
  @FunctionalInterface
  interface Taker<K, AccT> {
    void take(K key, long revision, AccT sum) throws IOException;
  }

  private final BinaryOperator<AccT> plus;
  private final Coder<AccT> coder;
  private final KeyTable<Entry<AccT>> keys = new KeyTable<>();
  private long added;

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

  /** Takes of each key the sum with the highest revision: the table's or one of the blocks'. */
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
   * Puts before the sums in the table what was answered for their keys already: adds to each the
   * earlier sum with the highest revision, and takes the revision that follows it. Earlier sums of
   * other keys are passed over, undecoded.
   *
   * @param earlier blocks of earlier sums; a key may be in several of them
   * @param first the revision of what was not answered before
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

  /** Takes what the table has of a key, which may not be asked for. */
  @FunctionalInterface
  interface EntryTaker<AccT> {
    void take(KeyTable.Entry key, long revision, AccT sum) throws IOException;
  }

  /** Gives every key, as it is, with its sum. */
  void forEach(EntryTaker<AccT> taker) throws IOException {
    for (Entry<AccT> entry : keys) {
      taker.take(entry, entry.revision, entry.sum);
    }
  }

  /** Gives every key with its sum. */
  <K> void forEach(Coder<K> keyCoder, Taker<K, AccT> taker) throws IOException {
    for (Entry<AccT> entry : keys) {
      taker.take(entry.key(keyCoder), entry.revision, entry.sum);
    }
  }

  /** All of it as one block. */
  byte[] toBlock() throws IOException {
    BlockWriter writer = new BlockWriter();
    for (Entry<AccT> entry : keys) {
      entry.write(writer, entry.revision, out -> coder.encode(entry.sum, out));
    }
    return writer.toBytes();
  }
}
