package dhara.runners.direct;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dhara.engine.Engine;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

class DirectEngineTest {

  private final Engine engine = new DirectEngine();

  @Test
  void isTheOneEngineOfItsClassPath() {
    List<Engine> found =
        ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(found, contains(instanceOf(DirectEngine.class)));
  }

  @Test
  void setsOptionsThatItsRunnerReallyHas() {
    DirectOptions options = withDefaults();

    assertThat(options.isEnforceImmutability(), is(false));
    assertThat(options.isEnforceEncodability(), is(false));
    assertThat(options.isBlockOnRun(), is(false));
    assertThat(options.getTargetParallelism(), is(Runtime.getRuntime().availableProcessors()));
    assertThat(options.getRunner() == engine.runner(), is(true));
    assertThat(engine.embedded(options), is(true));
  }

  @Test
  void runsAPipelineWithWhatItSets() {
    DirectOptions options = withDefaults();
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.perElement()))
        .containsInAnyOrder(List.of(KV.of("a", 2L), KV.of("b", 1L)));

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  /** Beam refuses an unknown option, and a value that is not of the option's type. */
  private DirectOptions withDefaults() {
    String[] arguments =
        engine.defaults().stream()
            .map(set -> "--" + set.option() + "=" + set.value())
            .toArray(String[]::new);
    DirectOptions options = PipelineOptionsFactory.fromArgs(arguments).as(DirectOptions.class);
    options.setRunner(engine.runner());
    return options;
  }
}
