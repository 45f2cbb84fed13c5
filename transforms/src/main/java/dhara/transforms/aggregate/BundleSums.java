package dhara.transforms.aggregate;

import dhara.transforms.shards.Scatter;
import dhara.transforms.shards.ShardBlocks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Adds values up per key and window within a bundle, and hands the sums over in blocks: one for
 * each window and shard, a shard being a share of the keys. What is shuffled and kept in state
 * behind it are some hundred blocks a window, be there a thousand keys or ten million.
 *
 * <p>Where nearly each value has a key of its own there is nothing to add up: such bundles' values
 * go into the blocks as they come.
 *
 * @param <W> what a window is to the one who fills it
 */
final class BundleSums<W, K, InT, AccT> {

  /** Takes the sums of a window and shard. */
  @FunctionalInterface
  interface Taker<W> {
    void take(W window, int shard, byte[] block);
  }

  /** The sum of a key so far. */
  private static final class Sum<AccT> {
    private AccT sum;

    Sum(AccT sum) {
      this.sum = sum;
    }
  }

  /** The sums of a window so far. */
  final class InWindow {

    private final Map<K, Sum<AccT>> sums = new HashMap<>();
    private final ShardBlocks<K> blocks = new ShardBlocks<>(aggregation.keys(), shards);
    private int count;

    private InWindow() {}

    /** Adds a value up. */
    void add(K key, InT value) {
      values++;
      if (scatter.scattered()) {
        count++;
        size++;
        write(key, aggregation.fn().addInput(aggregation.fn().createAccumulator(), value));
        return;
      }
      Sum<AccT> sum = sums.get(key);
      if (sum == null) {
        sums.put(
            key, new Sum<>(aggregation.fn().addInput(aggregation.fn().createAccumulator(), value)));
        count++;
        size++;
      } else {
        sum.sum = aggregation.fn().addInput(sum.sum, value);
      }
    }

    private void write(K key, AccT sum) {
      blocks.add(key, aggregation.fn().compact(sum), aggregation.sums());
    }

    private void flush(W window, Taker<W> taker) {
      sums.forEach((key, sum) -> write(key, sum.sum));
      blocks.flush((shard, block) -> taker.take(window, shard, block));
    }

    private void clear() {
      sums.clear();
      blocks.clear();
      count = 0;
    }
  }

  /** How many windows are kept for the next bundle, with the room that they have taken. */
  private static final int KEPT = 4;

  private final Aggregation<K, InT, AccT, ?> aggregation;
  private final int shards;
  private final Map<W, InWindow> windows = new HashMap<>();
  private final Deque<InWindow> spare = new ArrayDeque<>();
  private final Scatter scatter = new Scatter();
  private int size;
  private long values;

  BundleSums(Aggregation<K, InT, AccT, ?> aggregation, int shards) {
    this.aggregation = aggregation;
    this.shards = shards;
  }

  /** The sums of a window, valid until they are handed over. */
  InWindow in(W window) {
    return windows.computeIfAbsent(window, w -> spare.isEmpty() ? new InWindow() : spare.pop());
  }

  /** How many sums there are, of all windows; of scattered values each counts. */
  int size() {
    return size;
  }

  /** Forgets all. */
  void clear() {
    windows.values().forEach(this::keep);
    windows.clear();
    size = 0;
    values = 0;
  }

  private void keep(InWindow window) {
    if (spare.size() < KEPT) {
      window.clear();
      spare.push(window);
    }
  }

  /** Hands all over, and starts anew. */
  void flush(Taker<W> taker) {
    windows.forEach((window, sums) -> sums.flush(window, taker));
    scatter.learn(values, size);
    clear();
  }

  /** Hands the sums of one window over. */
  void flush(W window, Taker<W> taker) {
    InWindow sums = windows.remove(window);
    if (sums != null) {
      sums.flush(window, taker);
      size -= sums.count;
      keep(sums);
    }
  }
}
