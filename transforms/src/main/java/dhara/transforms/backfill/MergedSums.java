package dhara.transforms.backfill;

import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;

/** A table of sums by key, of bounded size. */
public final class MergedSums<K, AccT> implements PartedMerge.Table {

  /** The memory of an entry, its slot in the table, and the headers of its arrays. */
  private static final int ENTRY_BYTES = 120;

  /** The approximate memory of a decoded sum per encoded byte. */
  private static final int OBJECTS = 4;

  /** A key and its sum. */
  private static final class Entry<AccT> extends KeyTable.Entry {

    private AccT sum;
    private int size;
    private int added;
    private int looked;

    Entry(BlockReader reader, int hash, AccT sum) {
      super(reader.key(), hash);
      this.sum = sum;
      this.size = reader.sumLength();
      this.looked = LOOKED * size;
    }
  }

  /** A sum is measured again when this many times its size was added to it. */
  private static final int LOOKED = 4;

  /** Takes the sum of a key. */
  @FunctionalInterface
  public interface MergedSumTaker<K, AccT> {
    void take(K key, AccT sum) throws IOException;
  }

  private final Coder<K> keyCoder;
  private final Coder<AccT> coder;
  private final BinaryOperator<AccT> plus;
  private final Room room;
  private final MergedSumTaker<K, AccT> taker;
  private final KeyTable<Entry<AccT>> keys = new KeyTable<>();
  private final RecordOutput scratch = new RecordOutput(256);

  /**
   * An empty table.
   *
   * @param plus adds up; may modify its first argument
   * @param room the memory of the table; closed with it
   * @param taker takes all sums at the end
   */
  public MergedSums(
      Coder<K> keyCoder,
      Coder<AccT> coder,
      BinaryOperator<AccT> plus,
      Room room,
      MergedSumTaker<K, AccT> taker) {
    this.keyCoder = keyCoder;
    this.coder = coder;
    this.plus = plus;
    this.room = room;
    this.taker = taker;
  }

  @Override
  public boolean add(BlockReader reader) throws IOException {
    int hash = reader.keyHash();
    int slot = keys.slot(reader, hash);
    Entry<AccT> entry = keys.at(slot);
    if (entry != null) {
      entry.sum = plus.apply(entry.sum, reader.sum(coder));
      entry.added += reader.sumLength();
      if (entry.added > entry.looked) {
        measure(entry);
      }
      return true;
    }
    long bytes = ENTRY_BYTES + reader.keyLength() + (long) OBJECTS * reader.sumLength();
    if (!room.take(bytes)) {
      if (keys.size() > 0) {
        return false;
      }
      room.force(bytes);
    }
    keys.put(slot, new Entry<>(reader, hash, reader.sum(coder)));
    return true;
  }

  /** Measures a sum again, less and less often: a number keeps its size, but a set grows. */
  private void measure(Entry<AccT> entry) throws IOException {
    scratch.cutTo(0);
    coder.encode(entry.sum, scratch);
    int grown = scratch.size() - entry.size;
    if (grown > 0) {
      room.force((long) OBJECTS * grown);
      entry.size = scratch.size();
    }
    entry.added = 0;
    entry.looked = (int) Math.min(Integer.MAX_VALUE / 2, Math.max(2L * entry.looked, LOOKED));
  }

  @Override
  public void give() throws IOException {
    for (Entry<AccT> entry : keys) {
      taker.take(entry.key(keyCoder), entry.sum);
    }
  }

  @Override
  public void close() {
    room.close();
  }
}
