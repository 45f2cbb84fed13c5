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
          + "that all are busy, and not many more, because each group has a cost, e.g."
          + " --backfillShards=64")
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

  /** The number of shards of the steps of a backfill in this pipeline. */
  static int shards(Pipeline pipeline) {
    int shards = pipeline.getOptions().as(BackfillGrouping.class).getBackfillShards();
    if (shards < 1) {
      throw new IllegalArgumentException(
          "--backfillShards=" + shards + ": there must be a shard, e.g. --backfillShards=64");
    }
    return shards;
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
