package dhara.transforms.aggregate;

import dhara.transforms.shards.Scatter;
import dhara.transforms.shards.ShardBlocks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;

/**
 * Adds up the values of a bundle per key and window, and passes the sums on in blocks, one for each
 * window and shard (a fraction of the keys). So a few hundred blocks per window are shuffled and
 * kept in state, whether there are a thousand keys or ten million.
 *
 * <p>If nearly every value has a different key, adding up saves nothing, so the values of such
 * bundles go into the blocks directly.
 *
 * @param <W> the type that identifies a window
 */
final class BundleSums<W, K, InT, AccT> {

  /** Takes the sums of a window and shard. */
  @FunctionalInterface
  interface WindowBlockTaker<W> {
    void take(W window, int shard, byte[] block);
  }

  /** Where the sums of one window go. */
  interface Blocks<W, K, AccT> {

    /** Adds a sum of a key. */
    void add(W window, K key, AccT sum);

    /** Passes on the blocks of the window alone. */
    void flush(W window, WindowBlockTaker<W> taker);

    /** Drops the blocks of the window alone. */
    void clear();
  }

  /** Where the sums of a bundle go: into blocks of their window, or into blocks that all share. */
  @FunctionalInterface
  interface Destination<W, K, AccT> {

    /** The blocks for the sums of a further window. */
    Blocks<W, K, AccT> ofWindow();

    /** Passes on the blocks that the windows share. */
    default void flush(WindowBlockTaker<W> taker) {}

    /** Drops the blocks that the windows share. */
    default void clear() {}
  }

  /** A block for each shard of a window. */
  private static final class OfWindow<W, K, AccT> implements Blocks<W, K, AccT> {

    private final ShardBlocks<K> blocks;
    private final Coder<AccT> sums;

    OfWindow(Aggregation<K, ?, AccT, ?> aggregation, int shards) {
      this.blocks = new ShardBlocks<>(aggregation.keys(), shards);
      this.sums = aggregation.sums();
    }

    @Override
    public void add(W window, K key, AccT sum) {
      blocks.add(key, sum, sums);
    }

    @Override
    public void flush(W window, WindowBlockTaker<W> taker) {
      blocks.flush((shard, block) -> taker.take(window, shard, block));
    }

    @Override
    public void clear() {
      blocks.clear();
    }
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
    private final Blocks<W, K, AccT> blocks = destination.ofWindow();
    private W window;
    private int count;
    private long added;

    private InWindow(W window) {
      this.window = window;
    }

    private InWindow of(W newWindow) {
      window = newWindow;
      return this;
    }

    /** Adds a value up. */
    void add(K key, InT value) {
      added++;
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
      blocks.add(window, key, aggregation.fn().compact(sum));
    }

    private void flush(WindowBlockTaker<W> taker) {
      sums.forEach((key, sum) -> write(key, sum.sum));
      blocks.flush(window, taker);
    }

    private void clear() {
      sums.clear();
      blocks.clear();
      count = 0;
      added = 0;
    }
  }

  /**
   * Bounds the memory of a bundle, because on some engines a whole partition is one bundle: so many
   * sums, and so many values, because a sum may be a set that grows with each of them.
   */
  static final int MOST_SUMS = 100_000;

  static final int MOST_VALUES = 1_000_000;

  /** How many windows keep their allocated memory for the next bundle. */
  private static final int KEPT = 4;

  private final Aggregation<K, InT, AccT, ?> aggregation;
  private final Destination<W, K, AccT> destination;
  private final Map<W, InWindow> windows = new HashMap<>();
  private final Deque<InWindow> spare = new ArrayDeque<>();
  private final Scatter scatter = new Scatter();
  private int size;
  private long values;

  BundleSums(Aggregation<K, InT, AccT, ?> aggregation, int shards) {
    this(aggregation, () -> new OfWindow<>(aggregation, shards));
  }

  BundleSums(Aggregation<K, InT, AccT, ?> aggregation, Destination<W, K, AccT> destination) {
    this.aggregation = aggregation;
    this.destination = destination;
  }

  /** The sums of a window, valid until they are flushed. */
  InWindow in(W window) {
    return windows.computeIfAbsent(
        window, w -> spare.isEmpty() ? new InWindow(w) : spare.pop().of(w));
  }

  /** The number of sums over all windows; scattered values count one each. */
  int size() {
    return size;
  }

  /** Whether it holds so much that it has to be flushed. */
  boolean full() {
    return size >= MOST_SUMS || values >= MOST_VALUES;
  }

  /** Drops everything. */
  void clear() {
    windows.values().forEach(this::keep);
    windows.clear();
    destination.clear();
    size = 0;
    values = 0;
  }

  private void keep(InWindow window) {
    if (spare.size() < KEPT) {
      window.clear();
      spare.push(window);
    }
  }

  /** Passes on all blocks, and starts again. */
  void flush(WindowBlockTaker<W> taker) {
    windows.forEach((window, sums) -> sums.flush(taker));
    destination.flush(taker);
    scatter.learn(values, size);
    clear();
  }

  /** Passes on the blocks of one window. */
  void flush(W window, WindowBlockTaker<W> taker) {
    InWindow sums = windows.remove(window);
    if (sums != null) {
      sums.flush(taker);
      size -= sums.count;
      values -= sums.added;
      keep(sums);
    }
  }
}
