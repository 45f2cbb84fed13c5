package dhara.transforms.order;

import dhara.events.Event;
import dhara.transforms.shards.EarlierOutputFn;
import java.io.IOException;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Puts the events of a bundle into blocks, each with the time of its earliest event. This may be
 * earlier than the event that fills the block. It is still not behind the watermark, which does not
 * pass events of an open bundle.
 */
final class BlockEventsFn<E extends Event, K> extends EarlierOutputFn<E, KV<Integer, byte[]>> {

  private static final long serialVersionUID = 1L;

  private final Folding<E, K, ?, ?, ?> folding;
  private final int shards;
  private transient OrderBlocks<E, K> blocks;

  BlockEventsFn(Folding<E, K, ?, ?, ?> folding, int shards) {
    this.folding = folding;
    this.shards = shards;
  }

  @Setup
  public void setUp() {
    blocks = new OrderBlocks<>(folding.keys(), folding.events(), shards);
  }

  @StartBundle
  public void startBundle() {
    // A bundle that failed may have left something behind.
    blocks.clear();
  }

  @ProcessElement
  public void process(ProcessContext context) throws IOException {
    E event = context.element();
    blocks.add(
        folding.key().apply(event),
        event,
        (shard, block, earliest) ->
            context.outputWithTimestamp(KV.of(shard, block), Instant.ofEpochMilli(earliest)));
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext context) {
    blocks.flush(
        (shard, block, earliest) ->
            context.output(
                KV.of(shard, block), Instant.ofEpochMilli(earliest), GlobalWindow.INSTANCE));
  }
}
