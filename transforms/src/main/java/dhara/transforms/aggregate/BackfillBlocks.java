package dhara.transforms.aggregate;

import dhara.transforms.backfill.WindowedKey;
import dhara.transforms.shards.ShardBlocks;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where the sums of a bundle of a backfill go: the windows are inside the blocks, and a bundle
 * makes one block for each shard, however many windows its values have. A block is passed on with
 * the first of its windows, so no answer from it is behind the watermark.
 */
final class BackfillBlocks<W, K, AccT> implements BundleSums.Destination<W, K, AccT> {

  /**
   * The place of a window's sum.
   *
   * @param start start of the window that becomes part of the key, epoch milliseconds
   * @param end its end
   * @param revision the number stored with the sum
   * @param last a time at or before that of every answer of the sum
   */
  record Place(long start, long end, long revision, long last) {}

  /** Chooses the places of a window's sums. */
  interface Placing<W> extends Serializable {
    List<Place> of(W window);
  }

  /** Adds sums to the blocks that all windows share. */
  private final class Shared implements BundleSums.Blocks<W, K, AccT> {

    @Override
    public void add(W of, K key, AccT sum) {
      if (!of.equals(window)) {
        window = of;
        places = placing.of(of);
      }
      for (Place place : places) {
        int shard =
            blocks.add(new WindowedKey<>(place.start, place.end, key), place.revision, sum, sums);
        if (place.last < lasts[shard]) {
          lasts[shard] = place.last;
          first.set(shard, of);
        }
      }
    }

    @Override
    public void flush(W of, BundleSums.WindowBlockTaker<W> taker) {} // nothing is its alone

    @Override
    public void clear() {}
  }

  private final ShardBlocks<WindowedKey<K>> blocks;
  private final Coder<AccT> sums;
  private final Placing<W> placing;
  private final long[] lasts;
  private final List<@Nullable W> first;
  private @Nullable W window;
  private List<Place> places = List.of();

  private BackfillBlocks(Aggregation<K, ?, AccT, ?> aggregation, Placing<W> placing, int shards) {
    this.blocks = new ShardBlocks<>(aggregation.keysInWindows(), shards);
    this.sums = aggregation.sums();
    this.placing = placing;
    this.lasts = new long[shards];
    this.first = new ArrayList<>(Collections.nCopies(shards, null));
    clear();
  }

  /** The sums of a bundle, which go to such blocks. */
  static <W, K, InT, AccT> BundleSums<W, K, InT, AccT> sums(
      Aggregation<K, InT, AccT, ?> aggregation, Placing<W> placing, int shards) {
    return new BundleSums<>(aggregation, new BackfillBlocks<>(aggregation, placing, shards));
  }

  @Override
  public BundleSums.Blocks<W, K, AccT> ofWindow() {
    return new Shared();
  }

  @Override
  public void flush(BundleSums.WindowBlockTaker<W> taker) {
    blocks.flush((shard, block) -> taker.take(first.get(shard), shard, block));
  }

  @Override
  public void clear() {
    blocks.clear();
    Arrays.fill(lasts, Long.MAX_VALUE);
  }
}
