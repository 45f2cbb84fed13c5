package dhara.transforms.aggregate;

import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.state.BagState;

/**
 * The sums of a shard in a window of a stream, as its state holds them.
 *
 * <p>The blocks since the last firing are {@code fresh}, the sums that were given {@code given}: of
 * a key that is in several of these blocks the one with the highest revision counts. A firing adds
 * the fresh sums to those given of their keys, and gives these; of the other keys nothing is
 * decoded. It reads both bags, whatever is new, so it is done for many blocks at once: whoever
 * holds the state sets a timer with the first of them.
 *
 * @param <AccT> a sum
 */
final class ShardSums<AccT> implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Where a shard stands in a window.
   *
   * @param ended whether the watermark has passed the window's end
   * @param armed whether a firing is to come: before the end an early one, after it a late one
   * @param freshBytes size of the blocks since the last firing
   * @param freshLeast what they took when they were merged last
   * @param givenBytes size of the blocks of what was given
   * @param givenLeast what they took when they were merged last
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

    /** The same with a firing to come, or without. */
    Stage armed(boolean nowArmed) {
      return new Stage(ended, nowArmed, freshBytes, freshLeast, givenBytes, givenLeast);
    }

    private Stage atEnd() {
      return new Stage(true, false, freshBytes, freshLeast, givenBytes, givenLeast);
    }
  }

  /**
   * What a firing gives.
   *
   * @param sums those that have changed, whole, with their revisions
   * @param stage where the shard stands then
   */
  record News<AccT>(SumTable<AccT> sums, Stage stage) {}

  private final Aggregation<?, ?, AccT, ?> aggregation;
  private final long first;
  private final int compactBytes;

  /**
   * Sums of state.
   *
   * @param first the revision of a sum that was not given before
   * @param compactBytes blocks that take less are not worth merging
   */
  ShardSums(Aggregation<?, ?, AccT, ?> aggregation, long first, int compactBytes) {
    this.aggregation = aggregation;
    this.first = first;
    this.compactBytes = compactBytes;
  }

  /** Puts a block aside until the next firing. */
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

  /** What has come since the last firing. */
  News<AccT> fire(Stage now, BagState<byte[]> fresh, BagState<byte[]> given) throws IOException {
    SumTable<AccT> sums = news(fresh, given);
    fresh.clear();
    return new News<>(sums, give(now.fresh(0, 0), sums, given));
  }

  /**
   * The same at the window's end.
   *
   * @param awaited whether late blocks may come
   */
  News<AccT> end(Stage now, boolean awaited, BagState<byte[]> fresh, BagState<byte[]> given)
      throws IOException {
    SumTable<AccT> sums = news(fresh, given);
    if (!awaited || sums.added() < 2 * (long) sums.size()) {
      return new News<>(sums, now.atEnd());
    }
    // It takes up to the lateness until the engine forgets the window: keep little.
    fresh.clear();
    return new News<>(sums, give(now.atEnd().fresh(0, 0), sums, given));
  }

  private SumTable<AccT> news(BagState<byte[]> fresh, BagState<byte[]> given) throws IOException {
    return aggregation.table().add(fresh.read()).revise(given.read(), first);
  }

  /** After the end: what was fresh then was given. Mostly nobody asks. */
  private Stage keepGiven(Stage now, BagState<byte[]> fresh, BagState<byte[]> given)
      throws IOException {
    return now.freshBytes == 0 ? now : fire(now, fresh, given).stage;
  }

  /** Keeps what is given; before it is given, for an answer may use its sum up. */
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
