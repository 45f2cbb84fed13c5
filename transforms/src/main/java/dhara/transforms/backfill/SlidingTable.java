package dhara.transforms.backfill;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyCopies;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.windows.SlideGrid;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table of bounded size with sums by key and slice, from which the sums of sliding windows are
 * computed. Entries have the start of their slice as revision; the window of their key is a stretch
 * of time that contains the ends of many windows, all of whose slices are in the table.
 */
public final class SlidingTable<K, AccT> extends BoundedTable<SlidingTable.Entry<AccT>> {

  /** The memory of a sum beyond its bytes: its slot in the key's slices, and objects. */
  private static final int SLICE_BYTES = 160;

  private static final int ENTRY_BYTES = 160;
  private static final int OBJECTS = 4;

  /** A key in a stretch of time, and its slices by their start. */
  static final class Entry<AccT> extends KeyTable.Entry {

    private final NavigableMap<Long, AccT> slices = new TreeMap<>();

    Entry(KeyCopies.Copy key, int hash) {
      super(key, hash);
    }
  }

  /** Takes the sum of a key in the window that ends at a time. */
  @FunctionalInterface
  public interface SlidingSumTaker<K, AccT> {
    void take(K key, long end, AccT sum) throws IOException;
  }

  private final SlideGrid grid;
  private final Summing<WindowedKey<K>, AccT> summing;
  private final SlidingSumTaker<K, AccT> taker;

  /**
   * An empty table.
   *
   * @param room the memory of the table; closed with it
   * @param taker takes all sums at the end
   */
  public SlidingTable(
      SlideGrid grid,
      Summing<WindowedKey<K>, AccT> summing,
      Room room,
      SlidingSumTaker<K, AccT> taker) {
    super(room);
    this.grid = grid;
    this.summing = summing;
    this.taker = taker;
  }

  @Override
  protected long bytes(BlockReader first) {
    return ENTRY_BYTES + first.keyLength() + sliceBytes(first);
  }

  private static long sliceBytes(BlockReader reader) {
    return SLICE_BYTES + (long) OBJECTS * reader.sumLength();
  }

  @Override
  protected Entry<AccT> entry(KeyCopies.Copy key, int hash, BlockReader first) throws IOException {
    Entry<AccT> entry = new Entry<>(key, hash);
    entry.slices.put(first.revision(), first.sum(summing.sums()));
    return entry;
  }

  /** Adds to a slice of a key; a stretch of time bounds the number of its slices. */
  @Override
  protected void plus(Entry<AccT> entry, BlockReader reader) throws IOException {
    if (!entry.slices.containsKey(reader.revision())) {
      more(sliceBytes(reader));
    }
    entry.slices.merge(reader.revision(), reader.sum(summing.sums()), summing.plus());
  }

  @Override
  public void give() throws IOException {
    for (Entry<AccT> entry : entries()) {
      give(entry.key(summing.keys()), bytes(entry.slices));
      entry.slices.clear();
    }
  }

  private NavigableMap<Long, byte[]> bytes(Map<Long, AccT> slices) throws IOException {
    NavigableMap<Long, byte[]> bytes = new TreeMap<>();
    RecordOutput out = new RecordOutput(64);
    for (var slice : slices.entrySet()) {
      out.cutTo(0);
      summing.sums().encode(slice.getValue(), out);
      bytes.put(slice.getKey(), Arrays.copyOf(out.bytes(), out.size()));
    }
    return bytes;
  }

  private void give(WindowedKey<K> key, NavigableMap<Long, byte[]> slices) throws IOException {
    long last = Math.min(grid.lastEnd(slices.lastKey()), key.end() - 1);
    long end = first(slices.firstKey(), key.start());
    while (end <= last) {
      NavigableMap<Long, byte[]> within = slices.subMap(end - grid.width(), true, end, false);
      if (!within.isEmpty()) {
        taker.take(key.key(), end, sum(within.values()));
        end += grid.every();
      } else {
        Long next = slices.ceilingKey(end);
        if (next == null) {
          return;
        }
        end = first(next, end);
      }
    }
  }

  /** The first window of a slice that ends at or after a time. */
  private long first(long slice, long at) {
    long end = grid.firstEnd(slice);
    return end >= at ? end : end + -Math.floorDiv(end - at, grid.every()) * grid.every();
  }

  /** Each is decoded for each window, because adding may modify the sum. */
  private AccT sum(Iterable<byte[]> slices) throws IOException {
    @Nullable AccT sum = null;
    for (byte[] bytes : slices) {
      AccT more = summing.sums().decode(new RecordInput(bytes, 0, bytes.length));
      sum = sum == null ? more : summing.plus().apply(sum, more);
    }
    if (sum == null) {
      throw new IllegalStateException("a window without slices");
    }
    return sum;
  }
}
