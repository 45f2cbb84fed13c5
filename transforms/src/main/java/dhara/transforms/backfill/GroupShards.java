package dhara.transforms.backfill;

import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;

/**
 * Groups the blocks of a backfill by shard.
 *
 * <p>Data: {@code KV<shard, block>} in the global window → all blocks of each shard. The iterable
 * can be read once. Time: all at the end. State: none.
 *
 * <p>Late: what a later step makes of a group must not be late, though a group comes at the end of
 * all time. If the engine has a watermark in backfills, the group gets the timestamp of its
 * earliest block, which holds the watermark back. Flink and Spark have none in batches. There the
 * group keeps the default timestamp, because for any other they collect the blocks of a group in
 * memory. Later steps are {@link dhara.transforms.shards.EarlierOutputFn}s.
 */
public final class GroupShards<V>
    extends PTransform<PCollection<KV<Integer, V>>, PCollection<KV<Integer, Iterable<V>>>> {

  private static final long serialVersionUID = 1L;

  private GroupShards() {}

  /** Groups blocks by their shard. */
  public static <V> GroupShards<V> create() {
    return new GroupShards<>();
  }

  @Override
  public PCollection<KV<Integer, Iterable<V>>> expand(PCollection<KV<Integer, V>> blocks) {
    boolean watermark =
        blocks.getPipeline().getOptions().as(BackfillGrouping.class).isBackfillWatermark();
    return blocks
        .apply(
            "Time",
            Window.<KV<Integer, V>>configure()
                .triggering(DefaultTrigger.of())
                .withTimestampCombiner(
                    watermark ? TimestampCombiner.EARLIEST : TimestampCombiner.END_OF_WINDOW)
                .discardingFiredPanes())
        .apply("Group", GroupByKey.create());
  }
}
