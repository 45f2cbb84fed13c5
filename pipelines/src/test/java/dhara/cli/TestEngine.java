package dhara.cli;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/** The direct runner under another name, with settings to be told apart. */
@AutoService(Engine.class)
public final class TestEngine implements Engine {

  /** Whether it can be trusted with a stream; a test that says no says yes again. */
  static boolean streams = true;

  @Override
  public boolean streams() {
    return streams;
  }

  @Override
  public String name() {
    return "bathtub";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return DirectRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of(
        new Default("targetParallelism", "1", "one plug"),
        new Default("blockOnRun", "false", "the command waits"));
  }

  @Override
  public List<Default> streamDefaults(PipelineOptions options) {
    return List.of(new Default("enforceImmutability", "false", "water flows"));
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return true;
  }
}
