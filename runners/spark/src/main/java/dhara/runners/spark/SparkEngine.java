package dhara.runners.spark;

import com.google.auto.service.AutoService;
import dhara.cli.Engine;
import java.util.List;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Spark, for backfills: embedded in this process, or a cluster with {@code
 * --sparkMaster=spark://HOST:PORT}.
 */
@AutoService(Engine.class)
public final class SparkEngine implements Engine {

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return SparkRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of(
        new Default(
            "sparkMaster",
            "local[*]",
            "embedded in this process, one worker a core; Beam's own default is four"));
  }

  /**
   * Its watermark follows the fastest partition of a source: events of the others would be late.
   */
  @Override
  public boolean streams() {
    return false;
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return options.as(SparkPipelineOptions.class).getSparkMaster().startsWith("local");
  }
}
