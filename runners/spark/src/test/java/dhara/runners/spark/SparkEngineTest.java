package dhara.runners.spark;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dhara.cli.Engine;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

class SparkEngineTest {

  private final Engine engine = new SparkEngine();

  @Test
  void isTheOneEngineOfItsClassPath() {
    List<Engine> found =
        ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(found, contains(instanceOf(SparkEngine.class)));
  }

  @Test
  void setsOptionsThatItsRunnerReallyHas() {
    SparkPipelineOptions options = withDefaults();

    assertThat(options.getSparkMaster(), is("local[*]"));
    assertThat(options.getRunner() == engine.runner(), is(true));
    assertThat(engine.embedded(options), is(true));
  }

  @Test
  void takesNoStreamForItsWatermarkWouldRunAhead() {
    assertThat(engine.streams(), is(false));
  }

  @Test
  void runsAPipelineWithWhatItSets() {
    SparkPipelineOptions options = withDefaults();
    options.setSparkMaster("local[2]");
    Pipeline pipeline = Pipeline.create(options);
    PAssert.that(pipeline.apply(Create.of("a", "b", "a")).apply(Count.perElement()))
        .containsInAnyOrder(List.of(KV.of("a", 2L), KV.of("b", 1L)));

    State end = pipeline.run().waitUntilFinish();

    assertThat(end, is(State.DONE));
  }

  /** Beam refuses an unknown option, and a value that is not of the option's type. */
  private SparkPipelineOptions withDefaults() {
    String[] arguments =
        engine.defaults().stream()
            .map(set -> "--" + set.option() + "=" + set.value())
            .toArray(String[]::new);
    SparkPipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SparkPipelineOptions.class);
    options.setRunner(engine.runner());
    return options;
  }
}
