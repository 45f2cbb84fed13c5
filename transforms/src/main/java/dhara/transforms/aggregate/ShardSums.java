package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.state.BagState;

/**
 * The sums of a shard in a window of a stream, in state.
 *
 * <p>The blocks since the last firing are {@code fresh}, the sums that were emitted are {@code
 * given}; if a key is in several given blocks, the one with the highest revision counts. A firing
 * adds the fresh sums to the given ones of the same keys, and emits the results; sums of other keys
 * are not decoded. A firing reads both bags completely, so it handles many blocks at once: the
 * caller sets a timer at the first of them.
 *
 * @param <AccT> a sum
 */
final class ShardSums<AccT> implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * The progress of a shard in a window.
   *
   * @param ended whether the watermark has passed the window's end
   * @param armed whether a timer for a firing is set: before the end an early one, after it a late
   *     one
   * @param freshBytes size of the blocks since the last firing
   * @param freshLeast their size after the last compaction
   * @param givenBytes size of the blocks of emitted sums
   * @param givenLeast their size after the last compaction
   */
  record Stage(
      boolean ended,
      boolean armed,
      long freshBytes,
      long freshLeast,
      long givenBytes,
      long givenLeast) {

    static final Stage NEW = new Stage(false, false, 0, 0, 0, 0);

    private Stage fresh(long bytes, long least) {
      return new Stage(ended, armed, bytes, least, givenBytes, givenLeast);
    }

    private Stage given(long bytes, long least) {
      return new Stage(ended, armed, freshBytes, freshLeast, bytes, least);
    }

    /** The same with or without a pending firing. */
    Stage armed(boolean nowArmed) {
      return new Stage(ended, nowArmed, freshBytes, freshLeast, givenBytes, givenLeast);
    }

    private Stage atEnd() {
      return new Stage(true, false, freshBytes, freshLeast, givenBytes, givenLeast);
    }
  }

  /**
   * The result of a firing.
   *
   * @param sums the complete new sums of changed keys, with their revisions
   * @param stage the new progress of the shard
   */
  record News<AccT>(SumTable<AccT> sums, Stage stage) {}

  private final Aggregation<?, ?, AccT, ?> aggregation;
  private final long first;
  private final int compactBytes;

  /**
   * Works on the state of one shard and window at a time.
   *
   * @param first the revision of a sum that was not emitted before
   * @param compactBytes smaller blocks are not worth merging
   */
  ShardSums(Aggregation<?, ?, AccT, ?> aggregation, long first, int compactBytes) {
    this.aggregation = aggregation;
    this.first = first;
    this.compactBytes = compactBytes;
  }

  /** Stores a block until the next firing. */
  Stage add(byte[] block, Stage now, BagState<byte[]> fresh, BagState<byte[]> given)
      throws IOException {
    Stage next = now.ended && !now.armed ? keepGiven(now, fresh, given) : now;
    fresh.add(block);
    long bytes = next.freshBytes + block.length;
    if (bytes < Math.max(compactBytes, 2 * next.freshLeast)) {
      return next.fresh(bytes, next.freshLeast);
    }
    byte[] merged = aggregation.table().add(fresh.read()).toBlock();
    fresh.clear();
    fresh.add(merged);
    return next.fresh(merged.length, merged.length);
  }

  /** Fires for the blocks since the last firing. */
  News<AccT> fire(Stage now, BagState<byte[]> fresh, BagState<byte[]> given) throws IOException {
    SumTable<AccT> sums = news(fresh, given);
    fresh.clear();
    return new News<>(sums, give(now.fresh(0, 0), sums, given));
  }

  /**
   * Fires at the window's end.
   *
   * @param awaited whether late blocks may come
   */
  News<AccT> end(Stage now, boolean awaited, BagState<byte[]> fresh, BagState<byte[]> given)
      throws IOException {
    SumTable<AccT> sums = news(fresh, given);
    if (!awaited || sums.added() < 2 * (long) sums.size()) {
      return new News<>(sums, now.atEnd());
    }
    // The engine keeps the window's state for the lateness, so keep little.
    fresh.clear();
    return new News<>(sums, give(now.atEnd().fresh(0, 0), sums, given));
  }

  private SumTable<AccT> news(BagState<byte[]> fresh, BagState<byte[]> given) throws IOException {
    return aggregation.table().add(fresh.read()).revise(given.read(), first);
  }

  /**
   * After the end, the fresh blocks were emitted and become the given ones. They are rarely read.
   */
  private Stage keepGiven(Stage now, BagState<byte[]> fresh, BagState<byte[]> given)
      throws IOException {
    return now.freshBytes == 0 ? now : fire(now, fresh, given).stage;
  }

  /** Stores the sums before they are emitted, because an answer may consume its sum. */
  private Stage give(Stage now, SumTable<AccT> sums, BagState<byte[]> given) throws IOException {
    byte[] block = sums.toBlock();
    given.add(block);
    long bytes = now.givenBytes + block.length;
    if (bytes < Math.max(compactBytes, 2 * now.givenLeast)) {
      return now.given(bytes, now.givenLeast);
    }
    byte[] merged = aggregation.table().replace(given.read()).toBlock();
    given.clear();
    given.add(merged);
    return now.given(merged.length, merged.length);
  }
}
