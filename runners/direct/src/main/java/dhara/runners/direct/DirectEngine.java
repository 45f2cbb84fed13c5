package dhara.runners.direct;

import com.google.auto.service.AutoService;
import dhara.engine.Engine;
import dhara.engine.EngineRun;
import dhara.lint.Unsupported;
import dhara.options.BadOption;
import java.util.List;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Beam's direct runner, in this process and in memory. Its checks of users' code are on only in
 * tests: with them two million events took 169 s, without them 38 s (2 cores).
 */
@AutoService(Engine.class)
public final class DirectEngine implements Engine {

  @Override
  public String name() {
    return "direct";
  }

  @Override
  public Class<? extends PipelineRunner<?>> runner() {
    return DirectRunner.class;
  }

  @Override
  public List<Default> defaults() {
    return List.of(
        new Default(
            "enforceImmutability",
            "false",
            "the check copies every element at every step; the tests do it"),
        new Default(
            "enforceEncodability",
            "false",
            "the check encodes and decodes every element; the tests do it"),
        new Default(
            "targetParallelism",
            Integer.toString(Runtime.getRuntime().availableProcessors()),
            "one worker per core; the runner's own default is at least three"),
        new Default(
            "backfillShards",
            Integer.toString(Runtime.getRuntime().availableProcessors()),
            "one for each worker; with more, more sums of the same minute have to be merged"),
        new Default(
            "blockOnRun",
            "false",
            "the command itself waits: it shows progress, and Ctrl-C cancels"));
  }

  /** Nothing, because the other engines are compared with it. */
  @Override
  public List<Unsupported> unsupported() {
    return List.of();
  }

  @Override
  public EngineRun prepare(Launch launch) {
    int workers = launch.options().as(DirectOptions.class).getTargetParallelism();
    if (workers < 1) {
      throw new BadOption(
          "--targetParallelism", workers, "leaves no worker, e.g. --targetParallelism=2");
    }
    InMemory run = InMemory.here();
    if (launch.bounded()) {
      run.warning(launch.bytes()).ifPresent(launch::tell);
    } else {
      launch.tell(InMemory.STREAM);
    }
    return run;
  }

  @Override
  public boolean embedded(PipelineOptions options) {
    return true;
  }
}
