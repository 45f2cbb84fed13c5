package dhara.transforms;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Adds values up per key and window within a bundle, and hands the sums over in blocks: one for
 * each window and shard, a shard being a share of the keys. What is shuffled and kept in state
 * behind it are some hundred blocks a window, be there a thousand keys or ten million.
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

    private InWindow() {}

    /** Adds a value up. */
    void add(K key, InT value) {
      Sum<AccT> sum = sums.get(key);
      if (sum == null) {
        sums.put(
            key, new Sum<>(aggregation.fn().addInput(aggregation.fn().createAccumulator(), value)));
        size++;
      } else {
        sum.sum = aggregation.fn().addInput(sum.sum, value);
      }
    }
  }

  private final Aggregation<K, InT, AccT, ?> aggregation;
  private final BlockWriter[] shards;
  private final BlockWriter keyBytes = new BlockWriter();
  private final Map<W, InWindow> windows = new HashMap<>();
  private int size;

  BundleSums(Aggregation<K, InT, AccT, ?> aggregation, int shards) {
    this.aggregation = aggregation;
    this.shards = new BlockWriter[shards];
    for (int i = 0; i < shards; i++) {
      this.shards[i] = new BlockWriter();
    }
  }

  /** The sums of a window, valid until they are handed over. */
  InWindow in(W window) {
    return windows.computeIfAbsent(window, w -> new InWindow());
  }

  /** How many sums there are, of all windows. */
  int size() {
    return size;
  }

  /** Forgets all. */
  void clear() {
    windows.clear();
    size = 0;
    for (BlockWriter shard : shards) {
      shard.clear();
    }
  }

  /** Hands all over, and starts anew. */
  void flush(Taker<W> taker) {
    windows.forEach((window, sums) -> write(window, sums, taker));
    clear();
  }

  /** Hands the sums of one window over. */
  void flush(W window, Taker<W> taker) {
    InWindow sums = windows.remove(window);
    if (sums != null) {
      write(window, sums, taker);
      size -= sums.sums.size();
    }
  }

  private void write(W window, InWindow sums, Taker<W> taker) {
    sums.sums.forEach(this::write);
    for (int shard = 0; shard < shards.length; shard++) {
      if (shards[shard].size() > 0) {
        taker.take(window, shard, shards[shard].toBytes());
        shards[shard].clear();
      }
    }
  }

  private void write(K key, Sum<AccT> sum) {
    keyBytes.clear();
    try {
      aggregation.keys().encode(key, keyBytes);
      int hash = BlockReader.hash(keyBytes.bytes(), 0, keyBytes.size());
      AccT compact = aggregation.fn().compact(sum.sum);
      shards[shard(hash)].add(keyBytes.bytes(), 0, keyBytes.size(), 0, compact, aggregation.sums());
    } catch (IOException e) {
      // Nothing is read or written but memory: what fails is the encoding of this key or sum.
      throw new IllegalArgumentException("cannot encode the sum of " + key, e);
    }
  }

  /** By the upper bits of the hash: the keys of a shard still differ in the lower ones. */
  private int shard(int hash) {
    return (int) (((hash >>> 12) * (long) shards.length) >>> 20);
  }
}
