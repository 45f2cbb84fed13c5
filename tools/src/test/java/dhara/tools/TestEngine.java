package dhara.tools;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.lint.Feature;
import dhara.lint.Unsupported;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/** The direct runner under another name, with distinct settings. */
@AutoService(Engine.class)
public final class TestEngine implements Engine {

  /** Whether it runs streams; a test that sets it to false must reset it. */
  static boolean streams = true;

  @Override
  public List<Unsupported> unsupported() {
    List<Unsupported> unsupported = new ArrayList<>();
    unsupported.add(Unsupported.anywhere(Feature.MULTIMAP_STATE, "the water would overflow"));
    if (!streams) {
      unsupported.add(Unsupported.inStreams(Feature.UNBOUNDED_INPUT, "the plug leaks"));
    }
    return unsupported;
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
  public List<Default> backfillDefaults() {
    return List.of(new Default("enforceEncodability", "false", "still waters"));
  }

  @Override
  public List<Default> streamDefaults(PipelineOptions options, boolean atOnce) {
    return List.of(new Default("enforceImmutability", "false", "water flows"));
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return true;
  }
}
