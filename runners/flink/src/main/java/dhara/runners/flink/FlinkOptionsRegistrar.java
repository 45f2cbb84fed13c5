package dhara.runners.flink;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Registers {@code --checkpoints}, {@code --resume} and {@code --metricsPort} with Beam. */
@AutoService(PipelineOptionsRegistrar.class)
public final class FlinkOptionsRegistrar implements PipelineOptionsRegistrar {

  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(CheckpointOptions.class, MetricsOptions.class);
  }
}
