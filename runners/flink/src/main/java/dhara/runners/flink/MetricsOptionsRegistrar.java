package dhara.runners.flink;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Makes {@code --metricsPort} known to Beam. */
@AutoService(PipelineOptionsRegistrar.class)
public final class MetricsOptionsRegistrar implements PipelineOptionsRegistrar {

  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(MetricsOptions.class);
  }
}
