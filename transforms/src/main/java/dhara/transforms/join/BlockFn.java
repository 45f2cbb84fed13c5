package dhara.transforms.join;

import dhara.transforms.shards.EarlierOutputFn;
import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Puts the facts or the versions of a bundle into blocks, each with its earliest time. This may be
 * earlier than the element that fills the block. It is still not behind the watermark, which does
 * not pass elements of an open bundle.
 */
final class BlockFn<E> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

  private static final long serialVersionUID = 1L;

  /** Chooses the shards of an element. */
  @FunctionalInterface
  interface Sharding<E> extends Serializable {
    /** The shard, or {@link #ALL}. */
    int of(E element);

    int ALL = -1;
  }

  private final byte kind;
  private final Coder<E> coder;
  private final int shards;
  private final Sharding<E> sharding;
  private transient JoinBlocks<E> blocks;

  BlockFn(byte kind, Coder<E> coder, int shards, Sharding<E> sharding) {
    this.kind = kind;
    this.coder = coder;
    this.shards = shards;
    this.sharding = sharding;
  }

  @Setup
  public void setUp() {
    blocks = new JoinBlocks<>(kind, coder, shards);
  }

  @StartBundle
  public void startBundle() {
    // A bundle that failed may have left something behind.
    blocks.clear();
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException {
    E element = context.element();
    long at = context.timestamp().getMillis();
    JoinBlocks.JoinBlockTaker taker =
        (shard, block, earliest) ->
            context.outputWithTimestamp(KV.of(shard, block), Instant.ofEpochMilli(earliest));
    int to = sharding.of(element);
    if (to != Sharding.ALL) {
      blocks.add(to, element, at, taker);
      return;
    }
    for (int shard = 0; shard < shards; shard++) {
      blocks.add(shard, element, at, taker);
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    blocks.flush(
        (shard, block, earliest) ->
            context.output(
                KV.of(shard, block), Instant.ofEpochMilli(earliest), GlobalWindow.INSTANCE));
  }
}
