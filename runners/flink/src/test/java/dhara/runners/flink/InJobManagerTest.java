package dhara.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.engine.EngineRun;
import dhara.options.BadOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command that a JobManager runs itself, as in application mode. */
class InJobManagerTest {

  private final FlinkEngine engine = new FlinkEngine();
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @BeforeEach
  void aJobManagerStartsTheCommand() {
    StreamContextEnvironment.setAsContext(
        new DefaultExecutorServiceLoader(),
        new Configuration(),
        getClass().getClassLoader(),
        true,
        true);
  }

  @AfterEach
  void itReturns() {
    StreamContextEnvironment.unsetAsContext();
  }

  @Test
  void isAClusterByTheNameAutoAndNotByLocal() {
    assertThat(engine.embedded(Launches.options("--flinkMaster=[auto]")), is(false));
    assertThat(engine.embedded(Launches.options("--flinkMaster=[local]")), is(true));
    StreamContextEnvironment.unsetAsContext();
    assertThat(engine.embedded(Launches.options("--flinkMaster=[auto]")), is(true));
  }

  @Test
  void keepsWhatTheJobManagerSaysOfCheckpoints() throws IOException {
    FlinkPipelineOptions options = Launches.options("--flinkMaster=[auto]");
    EngineRun run = engine.prepare(Launches.stream(options, told));
    Configuration used = FlinkConfiguration.ofUser(options);
    run.close();
    for (String key : new String[] {"state.checkpoints.dir", "state.backend.type", "rest.port"}) {
      assertThat(key, used.containsKey(key), is(false));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--checkpoints=s3://b/c", "--resume=s3://b/c", "--savepointPath=s3://b/c"})
  void refusesWhatTheJobManagerSays(String option) {
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                engine.prepare(
                    Launches.stream(Launches.options("--flinkMaster=[auto]", option), told)));
    assertThat(
        refused.getMessage(),
        containsString(option + ": is said by the configuration of the JobManager that runs this"));
  }
}
