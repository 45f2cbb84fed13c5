package dhara.transforms.shards;

import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Puts the elements of a bundle into blocks by shard.
 *
 * <p>Data: elements in the global window → their blocks ({@link TimedBlocks}), each with its shard.
 * Time: that of the earliest element of the block. This may be earlier than the element that fills
 * the block. It is still not behind the watermark, which does not pass elements of an open bundle.
 * State: none; the blocks of a bundle. Late: nothing is late.
 *
 * @param <E> the elements
 */
public final class BlockFn<E> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

  private static final long serialVersionUID = 1L;

  /** Adds elements to the blocks of their shards. It belongs to one thread. */
  @FunctionalInterface
  public interface Placer<E> {
    void place(E element, long atMillis, TimedBlocks<E> blocks) throws IOException;
  }

  /** Makes a {@link Placer} for each instance of the step. */
  @FunctionalInterface
  public interface Placing<E> extends Serializable {
    Placer<E> placer();
  }

  private final Coder<E> coder;
  private final int shards;
  private final Placing<E> placing;
  private final int most;
  private transient Placer<E> placer;
  private transient TimedBlocks<E> blocks;

  // The output is that of the current element or, at the end of a bundle, that of the bundle.
  private transient @Nullable ProcessContext current;
  private transient @Nullable FinishBundleContext last;

  public BlockFn(Coder<E> coder, int shards, Placing<E> placing) {
    this(coder, shards, placing, TimedBlocks.BLOCK_BYTES);
  }

  private BlockFn(Coder<E> coder, int shards, Placing<E> placing, int most) {
    this.coder = coder;
    this.shards = shards;
    this.placing = placing;
    this.most = most;
  }

  /**
   * Passes each element on at once, in a block of its own, and does not wait for the end of the
   * bundle: for answers at arrival. A stream of many events a second costs several times as much
   * this way.
   *
   * @param wanted false for blocks of a bundle
   */
  public BlockFn<E> atOnce(boolean wanted) {
    return wanted ? new BlockFn<>(coder, shards, placing, 1) : this;
  }

  @Setup
  public void setUp() {
    placer = placing.placer();
    blocks = new TimedBlocks<>(coder, shards, most, this::output);
  }

  private void output(int shard, byte[] block, long earliestMillis) {
    KV<Integer, byte[]> element = KV.of(shard, block);
    Instant earliest = Instant.ofEpochMilli(earliestMillis);
    if (last == null) {
      current.outputWithTimestamp(element, earliest);
    } else {
      last.output(element, earliest, GlobalWindow.INSTANCE);
    }
  }

  @StartBundle
  public void startBundle() {
    // A bundle that failed may have left something behind.
    blocks.clear();
    last = null;
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException {
    current = context;
    placer.place(context.element(), context.timestamp().getMillis(), blocks);
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    last = context;
    blocks.flush();
    last = null;
    current = null;
  }
}
