package dhara.transforms.backfill;

import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyCopies;
import dhara.transforms.shards.KeyTable;
import java.io.IOException;

/** A table of sums by key, of bounded size. */
public final class MergedSums<K, AccT> extends BoundedTable<MergedSums.Entry<AccT>> {

  /** The memory of an entry beyond its key, and its slot in the table. */
  private static final int ENTRY_BYTES = 100;

  /** The approximate memory of a decoded sum per encoded byte. */
  private static final int OBJECTS = 4;

  /** A key and its sum. */
  static final class Entry<AccT> extends KeyTable.Entry {

    private AccT sum;
    private int size;
    private int added;
    private int looked;

    Entry(KeyCopies.Copy key, int hash, AccT sum, int size) {
      super(key, hash);
      this.sum = sum;
      this.size = size;
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

  private final Summing<K, AccT> summing;
  private final MergedSumTaker<K, AccT> taker;
  private final RecordOutput scratch = new RecordOutput(256);

  /**
   * An empty table.
   *
   * @param room the memory of the table; closed with it
   * @param taker takes all sums at the end
   */
  public MergedSums(Summing<K, AccT> summing, Room room, MergedSumTaker<K, AccT> taker) {
    super(room);
    this.summing = summing;
    this.taker = taker;
  }

  @Override
  protected long bytes(BlockReader first) {
    return ENTRY_BYTES + first.keyLength() + (long) OBJECTS * first.sumLength();
  }

  @Override
  protected Entry<AccT> entry(KeyCopies.Copy key, int hash, BlockReader first) throws IOException {
    return new Entry<>(key, hash, first.sum(summing.sums()), first.sumLength());
  }

  @Override
  protected void plus(Entry<AccT> entry, BlockReader reader) throws IOException {
    entry.sum = summing.plus().apply(entry.sum, reader.sum(summing.sums()));
    entry.added += reader.sumLength();
    if (entry.added > entry.looked) {
      measure(entry);
    }
  }

  /** Measures a sum again, less and less often: a number keeps its size, but a set grows. */
  private void measure(Entry<AccT> entry) throws IOException {
    scratch.cutTo(0);
    summing.sums().encode(entry.sum, scratch);
    int grown = scratch.size() - entry.size;
    if (grown > 0) {
      more((long) OBJECTS * grown);
      entry.size = scratch.size();
    }
    entry.added = 0;
    entry.looked = (int) Math.min(Integer.MAX_VALUE / 2, Math.max(2L * entry.looked, LOOKED));
  }

  @Override
  public void give() throws IOException {
    for (Entry<AccT> entry : entries()) {
      taker.take(entry.key(summing.keys()), entry.sum);
    }
  }
}
