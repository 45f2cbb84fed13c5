package dhara.transforms.backfill;

import com.google.auto.service.AutoService;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * The number of groups into which the steps of a backfill divide keys. It changes only how the work
 * is spread and no answer, so it is an option of the engine, which knows the number of workers.
 */
public interface BackfillShards extends PipelineOptions {

  /** The default if the number of workers is unknown: enough for some dozens. */
  int UNTOLD = 64;

  @Description(
      "Into how many groups a backfill divides the keys of a step: a few for each worker, so "
          + "that all are busy, and not many more, because each group has a cost, e.g."
          + " --backfillShards=64")
  @Default.Integer(UNTOLD)
  int getBackfillShards();

  void setBackfillShards(int value);

  /** The number of shards of the steps of a backfill in this pipeline. */
  static int of(Pipeline pipeline) {
    int shards = pipeline.getOptions().as(BackfillShards.class).getBackfillShards();
    if (shards < 1) {
      throw new IllegalArgumentException(
          "--backfillShards=" + shards + ": there must be a shard, e.g. --backfillShards=64");
    }
    return shards;
  }

  /** Registers the option with the command. */
  @AutoService(PipelineOptionsRegistrar.class)
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return java.util.List.of(BackfillShards.class);
    }
  }
}
