package dhara.runners.dataflow;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.lint.Feature;
import dhara.lint.Unsupported;
import java.util.List;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/** Google Cloud Dataflow. The service tunes itself, so Dhara only sets whether a job streams. */
@AutoService(Engine.class)
public final class DataflowEngine implements Engine {

  @Override
  public String name() {
    return "dataflow";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return DataflowRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of();
  }

  @Override
  public List<Default> streamDefaults(PipelineOptions options, boolean atOnce) {
    return List.of(
        new Default("streaming", "true", "otherwise the runner finds out itself, with a warning"));
  }

  @Override
  public List<Unsupported> unsupported() {
    return List.of(
        Unsupported.inStreams(
            Feature.TIME_SORTED_INPUT, "streams do not sort: the translation refuses it"));
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return false;
  }
}
