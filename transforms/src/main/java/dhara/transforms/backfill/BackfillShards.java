package dhara.transforms.backfill;

import com.google.auto.service.AutoService;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * Into how many groups the steps of a backfill divide keys. It changes how the work is spread, and
 * no answer; so it is an option of the engine, which alone knows how many workers there are.
 */
public interface BackfillShards extends PipelineOptions {

  /** Enough for some dozens of workers, if nobody says how many there are. */
  int UNTOLD = 128;

  @Description(
      "Into how many groups a backfill divides the keys of a step: a few for each worker, so that"
          + " all have something to do, and not many more, because engines pay for each, e.g."
          + " --backfillShards=64")
  @Default.Integer(UNTOLD)
  int getBackfillShards();

  void setBackfillShards(int value);

  /** How many shards the steps of a backfill have in this pipeline. */
  static int of(Pipeline pipeline) {
    int shards = pipeline.getOptions().as(BackfillShards.class).getBackfillShards();
    if (shards < 1) {
      throw new IllegalArgumentException(
          "--backfillShards=" + shards + ": there must be a shard, e.g. --backfillShards=64");
    }
    return shards;
  }

  /** Makes the option known to the command. */
  @AutoService(PipelineOptionsRegistrar.class)
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return java.util.List.of(BackfillShards.class);
    }
  }
}
