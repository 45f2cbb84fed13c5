package dhara.runners.flink;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Makes {@code --checkpoints}, {@code --resume} and {@code --metricsPort} known to Beam. */
@AutoService(PipelineOptionsRegistrar.class)
public final class FlinkOptionsRegistrar implements PipelineOptionsRegistrar {

  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(CheckpointOptions.class, MetricsOptions.class);
  }
}
