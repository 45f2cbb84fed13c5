package dhara.transforms.backfill;

import dhara.records.RecordInput;
import dhara.records.RecordOutput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.windows.SlideGrid;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A table of bounded size with sums by key and slice, from which the sums of sliding windows are
 * computed. Entries have the start of their slice as revision; the window of their key is a stretch
 * of time that contains the ends of many windows, all of whose slices are in the table.
 */
public final class SlidingTable<K, AccT> implements PartedMerge.Table {

  /** The memory of a sum beyond its bytes: its slot in the key's slices, and objects. */
  private static final int SLICE_BYTES = 160;

  private static final int ENTRY_BYTES = 160;
  private static final int OBJECTS = 4;

  /** A key in a stretch of time, and its slices by their start. */
  private static final class Entry<AccT> extends KeyTable.Entry {

    private final NavigableMap<Long, AccT> slices = new TreeMap<>();

    Entry(BlockReader reader, int hash) {
      super(reader.key(), hash);
    }
  }

  /** Takes the sum of a key in the window that ends at a time. */
  @FunctionalInterface
  public interface SlidingSumTaker<K, AccT> {
    void take(K key, long end, AccT sum) throws IOException;
  }

  private final SlideGrid grid;
  private final Coder<WindowedKey<K>> keyCoder;
  private final Coder<AccT> coder;
  private final BinaryOperator<AccT> plus;
  private final Room room;
  private final SlidingSumTaker<K, AccT> taker;
  private final KeyTable<Entry<AccT>> keys = new KeyTable<>();

  /**
   * An empty table.
   *
   * @param plus adds up; may modify its first argument
   * @param room the memory of the table; closed with it
   * @param taker takes all sums at the end
   */
  public SlidingTable(
      SlideGrid grid,
      Coder<WindowedKey<K>> keyCoder,
      Coder<AccT> coder,
      BinaryOperator<AccT> plus,
      Room room,
      SlidingSumTaker<K, AccT> taker) {
    this.grid = grid;
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
    long bytes = SLICE_BYTES + (long) OBJECTS * reader.sumLength();
    if (entry == null) {
      long more = bytes + ENTRY_BYTES + reader.keyLength();
      if (!room.take(more)) {
        if (keys.size() > 0) {
          return false;
        }
        room.force(more);
      }
      entry = new Entry<>(reader, hash);
      keys.put(slot, entry);
    } else if (!entry.slices.containsKey(reader.revision())) {
      // A key's slices stay together; a stretch of time bounds their number.
      room.force(bytes);
    }
    entry.slices.merge(reader.revision(), reader.sum(coder), plus);
    return true;
  }

  @Override
  public void give() throws IOException {
    for (Entry<AccT> entry : keys) {
      give(entry.key(keyCoder), bytes(entry.slices));
      entry.slices.clear();
    }
  }

  private NavigableMap<Long, byte[]> bytes(Map<Long, AccT> slices) throws IOException {
    NavigableMap<Long, byte[]> bytes = new TreeMap<>();
    RecordOutput out = new RecordOutput(64);
    for (var slice : slices.entrySet()) {
      out.cutTo(0);
      coder.encode(slice.getValue(), out);
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
      AccT more = coder.decode(new RecordInput(bytes, 0, bytes.length));
      sum = sum == null ? more : plus.apply(sum, more);
    }
    if (sum == null) {
      throw new IllegalStateException("a window without slices");
    }
    return sum;
  }

  @Override
  public void close() {
    room.close();
  }
}
