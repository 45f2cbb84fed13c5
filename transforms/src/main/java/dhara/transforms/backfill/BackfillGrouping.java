package dhara.transforms.backfill;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * How the steps of a backfill group. The options change only how the work is done and no answer, so
 * they are options of the engine.
 */
public interface BackfillGrouping extends PipelineOptions {

  /** The default if the number of workers is unknown: enough for some dozens. */
  int UNTOLD = 64;

  @Description(
      "Into how many groups a backfill divides the keys of a step: a few for each worker, so "
          + "that all are busy, and not many more, because each group has a cost; large inputs"
          + " are divided into more, e.g. --backfillShards=64")
  @Default.Integer(UNTOLD)
  int getBackfillShards();

  void setBackfillShards(int value);

  @Description(
      "Whether the engine has a watermark in a backfill. Without one nothing can be late, and the "
          + "elements of a group are read one after the other; with one, the engine holds them in "
          + "memory to find the earliest.")
  @Default.Boolean(true)
  @Hidden
  boolean isBackfillWatermark();

  void setBackfillWatermark(boolean value);

  /** What a source of unknown size counts as. */
  long UNKNOWN_BYTES = 16_000_000_000L;

  /** More groups than this cost more than their memory. */
  int MOST = 4096;

  @Description(
      "How much of the input a group may have, in bytes, because the engine holds a group in"
          + " memory; 0 if it does not, or holds all of them.")
  @Default.Long(0)
  @Hidden
  long getBackfillGroupBytes();

  void setBackfillGroupBytes(long value);

  @Description("How many bytes the pipeline reads, as far as it was built; set by its sources.")
  @Default.Long(0)
  @Hidden
  long getBackfillBytes();

  void setBackfillBytes(long value);

  /**
   * Adds the size of a source.
   *
   * @param bytes negative if unknown; then it counts as {@link #UNKNOWN_BYTES}
   */
  static void reads(Pipeline pipeline, long bytes) {
    BackfillGrouping grouping = pipeline.getOptions().as(BackfillGrouping.class);
    grouping.setBackfillBytes(grouping.getBackfillBytes() + (bytes < 0 ? UNKNOWN_BYTES : bytes));
  }

  /**
   * The number of shards of the steps of a backfill in this pipeline: {@code --backfillShards}, or
   * more if a group would otherwise have more of the input than it may.
   */
  static int shards(Pipeline pipeline) {
    BackfillGrouping grouping = pipeline.getOptions().as(BackfillGrouping.class);
    int shards = grouping.getBackfillShards();
    if (shards < 1) {
      throw new IllegalArgumentException(
          "--backfillShards=" + shards + ": there must be a shard, e.g. --backfillShards=64");
    }
    long most = grouping.getBackfillGroupBytes();
    return most == 0
        ? shards
        : (int) Math.max(shards, Math.min(MOST, grouping.getBackfillBytes() / most));
  }

  /** Registers the options with the command. */
  @AutoService(PipelineOptionsRegistrar.class)
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(BackfillGrouping.class);
    }
  }
}
