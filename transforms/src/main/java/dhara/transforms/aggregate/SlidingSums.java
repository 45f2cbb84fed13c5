package dhara.transforms.aggregate;

import dhara.records.RecordInput;
import dhara.transforms.shards.BlockReader;
import dhara.transforms.shards.KeyTable;
import dhara.transforms.windows.SlideGrid;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The sliding windows of a shard of a stream, computed from the slices in its state.
 *
 * <p>A new block changes a slice, and so all windows that contain the slice. Answering at once
 * would read every slice of each of these windows, thousands per block. So blocks are stored and
 * folded in together: then each needed slice is read once, and scanned once for the keys that have
 * changed.
 *
 * @param <AccT> a sum
 */
final class SlidingSums<AccT> implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Takes the sum of a key in a window. */
  @FunctionalInterface
  interface WindowSumTaker<AccT> {
    void take(KeyTable.Entry key, long end, long revision, AccT sum) throws IOException;
  }

  /** The encoded sum of a key in a slice. */
  private static final class Part {

    private final long start;
    private final byte[] block;
    private final int from;
    private final int to;
    private final long revision;

    Part(long start, BlockReader reader) {
      this.start = start;
      this.block = reader.block();
      this.from = reader.sumOffset();
      this.to = reader.end();
      this.revision = reader.revision();
    }
  }

  /**
   * A changed key: the slices in which it changed, and its sums in all relevant slices, in order.
   */
  private static final class Changed extends KeyTable.Entry {

    private final List<Long> starts = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    Changed(BlockReader reader, int hash) {
      super(reader, hash);
    }

    void in(long start) {
      if (starts.isEmpty() || starts.get(starts.size() - 1) != start) {
        starts.add(start);
      }
    }
  }

  private final Aggregation<?, ?, AccT, ?> aggregation;
  private final SlideGrid grid;

  SlidingSums(Aggregation<?, ?, AccT, ?> aggregation, SlideGrid grid) {
    this.aggregation = aggregation;
    this.grid = grid;
  }

  /**
   * Merges new blocks into their slices, and passes on the changed sums of answering windows.
   *
   * @param answered the last window that has ended
   * @param came the new blocks, each with the start of its slice
   */
  void fold(
      long answered,
      BagState<KV<Long, byte[]>> came,
      MapState<Long, byte[]> slices,
      WindowSumTaker<AccT> taker)
      throws IOException {
    NavigableMap<Long, List<byte[]>> news = new TreeMap<>();
    for (KV<Long, byte[]> block : came.read()) {
      news.computeIfAbsent(block.getKey(), start -> new ArrayList<>()).add(block.getValue());
    }
    if (news.isEmpty()) {
      return;
    }
    came.clear();
    KeyTable<Changed> keys = changed(answered, news);
    NavigableMap<Long, byte[]> needed = merge(news, slices);
    if (keys.size() == 0) {
      return;
    }
    news.keySet().forEach(start -> read(start, answered, slices, needed));
    for (var slice : needed.entrySet()) {
      look(slice.getKey(), slice.getValue(), keys);
    }
    for (Changed key : keys) {
      answer(key, answered, taker);
    }
  }

  /** The keys in blocks whose slices are in answering windows. */
  private KeyTable<Changed> changed(long answered, NavigableMap<Long, List<byte[]>> news)
      throws IOException {
    KeyTable<Changed> keys = new KeyTable<>();
    for (var slice : news.entrySet()) {
      long start = slice.getKey();
      if (grid.firstChanged(start, answered) > grid.lastChanged(start, answered)) {
        continue;
      }
      for (byte[] block : slice.getValue()) {
        for (BlockReader reader = new BlockReader(block); reader.next(); ) {
          int hash = reader.keyHash();
          int slot = keys.slot(reader, hash);
          Changed key = keys.at(slot);
          if (key == null) {
            key = new Changed(reader, hash);
            keys.put(slot, key);
          }
          key.in(start);
        }
      }
    }
    return keys;
  }

  /** Merges blocks into the state of their slices, and returns the new slices. */
  private NavigableMap<Long, byte[]> merge(
      NavigableMap<Long, List<byte[]>> news, MapState<Long, byte[]> slices) throws IOException {
    NavigableMap<Long, byte[]> merged = new TreeMap<>();
    for (var slice : news.entrySet()) {
      List<byte[]> blocks = slice.getValue();
      byte[] before = slices.get(slice.getKey()).read();
      if (before != null) {
        blocks.add(before);
      }
      byte[] now =
          blocks.size() == 1 ? blocks.get(0) : aggregation.table().replace(blocks).toBlock();
      slices.put(slice.getKey(), now);
      merged.put(slice.getKey(), now);
    }
    return merged;
  }

  /** Reads the slices of the windows that contain a changed slice, unless they are already read. */
  private void read(
      long changed, long answered, MapState<Long, byte[]> slices, NavigableMap<Long, byte[]> read) {
    long first = grid.firstChanged(changed, answered);
    long last = grid.lastChanged(changed, answered);
    if (first > last) {
      return;
    }
    for (long start = first - grid.width(); start < last; start += grid.slice()) {
      read.computeIfAbsent(
          start,
          of -> {
            byte[] block = slices.get(of).read();
            return block == null ? new byte[0] : block;
          });
    }
  }

  /** Collects the sums of changed keys in a slice. */
  private static void look(long start, byte[] block, KeyTable<Changed> keys) throws IOException {
    for (BlockReader reader = new BlockReader(block); reader.next(); ) {
      Changed key = keys.at(keys.slot(reader, reader.keyHash()));
      if (key != null) {
        key.parts.add(new Part(start, reader));
      }
    }
  }

  /** Passes on the sum of a key in each answering window that has a slice in which it changed. */
  private void answer(Changed key, long answered, WindowSumTaker<AccT> taker) throws IOException {
    long given = Long.MIN_VALUE;
    for (long start : key.starts) {
      long last = grid.lastChanged(start, answered);
      for (long end = grid.firstChanged(start, answered); end <= last; end += grid.every()) {
        if (end > given) {
          given = end;
          give(key, end, taker);
        }
      }
    }
  }

  private void give(Changed key, long end, WindowSumTaker<AccT> taker) throws IOException {
    @Nullable AccT sum = null;
    long revision = 0;
    for (Part part : key.parts) {
      if (part.start >= end - grid.width() && part.start < end) {
        // Decoded for each window, because adding may modify the sum.
        AccT more = aggregation.sums().decode(new RecordInput(part.block, part.from, part.to));
        sum = sum == null ? more : aggregation.plus(sum, more);
        revision += part.revision;
      }
    }
    if (sum != null) {
      taker.take(key, end, revision, sum);
    }
  }
}
