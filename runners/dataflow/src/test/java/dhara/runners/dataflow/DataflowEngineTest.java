package dhara.runners.dataflow;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import dhara.engine.Engine;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class DataflowEngineTest {

  @Test
  void isTheOneEngineOfItsClassPath() {
    List<Engine> found =
        ServiceLoader.load(Engine.class).stream().map(ServiceLoader.Provider::get).toList();

    assertThat(found, contains(instanceOf(DataflowEngine.class)));
  }

  @Test
  void leavesTuningToTheService() {
    Engine engine = new DataflowEngine();
    DataflowPipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=" + engine.runner().getName(), "--region=r1")
            .as(DataflowPipelineOptions.class);

    assertThat(engine.defaults(), is(empty()));
    assertThat(
        engine.streamDefaults(options, false).stream()
            .map(d -> d.option() + "=" + d.value())
            .toList(),
        contains("streaming=true"));
    assertThat(options.getRunner() == engine.runner(), is(true));
    assertThat(engine.embedded(options), is(false));
  }
}
