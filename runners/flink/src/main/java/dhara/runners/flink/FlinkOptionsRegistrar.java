package dhara.runners.flink;

import com.google.auto.service.AutoService;
import dhara.options.RestOptions;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * Registers {@code --checkpoints}, {@code --resume}, {@code --metricsPort} and those of streams
 * with Beam.
 */
@AutoService(PipelineOptionsRegistrar.class)
public final class FlinkOptionsRegistrar implements PipelineOptionsRegistrar {

  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(
        CheckpointOptions.class, MetricsOptions.class, BufferOptions.class, RestOptions.class);
  }
}
